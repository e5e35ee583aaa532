#include "actors/ipfs/store/pack_block_store.hpp"

#include "actors/ipfs/store/pin_journal.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs::engine {

/// Knows how far its writes reach, whether any of them was lost since it began, and what it relies on.
class pack_block_store::batch : public write_batch {
public:
  explicit batch(pack_block_store& store) : store_(store), losses_before_(store.losses()) {
    std::lock_guard lock(store_.protection_mutex_);
    store_.batches_.insert(&protection_);
  }
  batch(const batch&) = delete;
  batch& operator=(const batch&) = delete;
  ~batch() override {
    store_.release(protection_);
    std::lock_guard lock(store_.protection_mutex_);
    store_.batches_.erase(&protection_);
  }

  void put(const content_id& id, block_parts block) override { reach(store_.put(protection_, id, block)); }
  bool keep(const content_id& id) override {
    if (inlined_block(id)) return true;
    auto found = store_.keep(protection_, id);
    if (found) reach(found->end);
    return found.has_value();
  }
  void pin(engine::pin p) override { changes_.push_back({0, p.root, std::move(p)}); }
  void unpin(const content_id& root) override { changes_.push_back({0, root, {}}); }

  void commit() override {
    bool only_unpins =
        !changes_.empty() && std::ranges::none_of(changes_, [](const auto& c) { return c.pin.has_value(); });
    std::optional<ballast::use> room; // a full disk must not keep anybody from making room
    if (only_unpins && end_ == 0) room.emplace(store_.ballast_);
    for (auto& change : std::exchange(changes_, {})) reach(store_.put_pin(std::move(change)));
    store_.wait_durable(end_, losses_before_);
    store_.release(protection_);
    losses_before_ = store_.losses();
    end_ = 0;
  }

private:
  void reach(position end) {
    auto before = end_.load();
    while (before < end && !end_.compare_exchange_weak(before, end)) {
    }
  }

  pack_block_store& store_;
  std::size_t losses_before_;
  std::atomic<position> end_ = 0;
  std::vector<pin_change> changes_;
  protection protection_;
};

std::shared_ptr<pack_block_store> pack_block_store::open(const std::filesystem::path& directory, pack_options options) {
  try {
    return std::shared_ptr<pack_block_store>(new pack_block_store(directory, options));
  } catch (...) {
    throw to_failure(std::current_exception());
  }
}

// Reading.

std::optional<pack_block_store::located> pack_block_store::find(const multihash& hash) {
  std::optional<block_location> hidden;
  {
    std::shared_lock lock(pending_mutex_);
    if (auto at = pending_.find(hash); at != pending_.end())
      return located{.where = at->second.where, .pending = true, .end = at->second.end};
    if (auto at = hidden_.find(hash); at != hidden_.end()) hidden = at->second;
  }
  try {
    auto found = index_->find(hash);
    if (!found || (hidden && is_same_place(*hidden, found->location))) return {};
    return located{.where = found->location, .damaged = found->damaged, .number = found->number};
  } catch (const failure& f) {
    note_damage(f);
    if (f.code() != errc::damaged) throw;
    throw failure(errc::damaged, f.message() + ": open the repository again to have its index made anew");
  }
}

bytes pack_block_store::read(const content_id& id, const located& found) {
  if (found.pending) {
    std::lock_guard lock(append_mutex_);
    if (auto block = log_.buffered(found.where)) return std::move(*block);
  }
  auto segment = segments_.open(found.where.segment);
  bytes block(found.where.size);
  block.resize(segment->read(block, found.where.offset));
  verify(id, block, segment->path().string() + " at " + std::to_string(found.where.offset));
  return block;
}

std::optional<bytes> pack_block_store::get(const content_id& id) {
  if (auto inlined = inlined_block(id)) return bytes(inlined->begin(), inlined->end());
  for (auto found = find(id.hash()); found;) {
    try {
      return read(id, *found);
    } catch (const failure& f) {
      // A write that failed just now may have taken the block with it, or it may have been stored anew.
      if (auto again = find(id.hash()); again != found) {
        found = again;
        continue;
      }
      if (f.code() == errc::not_found)
        throw failure(errc::damaged, "block " + id.to_string() + " cannot be read: " + f.message());
      if (f.code() == errc::damaged) mark_damaged(id, *found);
      throw;
    }
  }
  return {};
}

/// Has the next put of the same content store it anew.
void pack_block_store::mark_damaged(const content_id& id, const located& found) {
  if (read_only_ || found.damaged) return;
  try {
    index_->mark_damaged(id.hash());
  } catch (const failure& f) {
    note_damage(f); // and go on: the caller is to hear of the block
  }
}

std::optional<std::uint64_t> pack_block_store::size_of(const content_id& id) {
  if (auto inlined = inlined_block(id)) return inlined->size();
  auto found = find(id.hash());
  if (!found) return {};
  return found->where.size;
}

std::optional<engine::pin> pack_block_store::find_pin(const content_id& root) {
  {
    std::shared_lock lock(pending_mutex_);
    for (auto at = pending_pins_.rbegin(); at != pending_pins_.rend(); ++at)
      if (at->change.root == root) return at->change.pin;
  }
  return index_->find_pin(root);
}

// Writing.

std::unique_ptr<write_batch> pack_block_store::begin() {
  return std::make_unique<batch>(*this);
}

pack_block_store::position pack_block_store::put(protection& by, const content_id& id, block_parts block) {
  if (read_only_) throw *read_only_;
  if (inlined_block(id)) return 0;
  auto size = engine::size_of(block);
  if (size > largest_block)
    throw failure(errc::too_large,
                  "block " + id.to_string() + " has " + std::to_string(size) + " bytes: 2 MiB are the most");
  if (is_journal(id.codec()))
    throw failure(errc::unsupported, "block " + id.to_string() + " has a codec that this store keeps to itself");

  // A block that does not verify is stored anew.
  if (auto found = keep(by, id); found && !found->damaged) return found->end;
  relieve();
  std::lock_guard lock(append_mutex_);
  position end = 0;
  block_location where;
  if (auto at = pending_.find(id.hash()); at != pending_.end()) {
    end = at->second.end;
    where = at->second.where;
  } else {
    if (ballast_.is_given_up())
      throw failure(errc::storage_full, "the disk of IPFS repository " + repository_.directory().string()
                                            + " is full, and room is being made on it: try again when that has ended");
    end = append_block(id, block);
    where = pending_.find(id.hash())->second.where;
  }
  std::lock_guard protection_lock(protection_mutex_);
  if (by.blocks.size() < most_remembered) by.blocks.add(id.hash());
  else by.cover_from(where);
  return end;
}

/// Finds a block and protects it, so that from now on nothing removes it; none when it is not here, or was removed just
/// before.
std::optional<pack_block_store::located> pack_block_store::keep(protection& by, const content_id& id) {
  for (;;) {
    auto before = removals_.load();
    auto found = find(id.hash());
    if (!found) return {};
    std::lock_guard lock(protection_mutex_);
    by.blocks.add(id.hash());
    if (removals_ == before) return found; // else it may be among those
  }
}

/// Ends what a batch protects. A collection that is under way goes on with it.
void pack_block_store::release(protection& of) {
  std::lock_guard lock(protection_mutex_);
  if (collection_) {
    collection_->kept.blocks.add(of.blocks);
    if (of.from) collection_->kept.cover_from(*of.from);
  }
  of = {};
}

/// Appends a block, with append_mutex_ held.
pack_block_store::position pack_block_store::append_block(const content_id& id, block_parts block) {
  try {
    auto where = log_.append(id, block);
    appended_ += engine::size_of(block) + 1;
    std::unique_lock lock(pending_mutex_);
    pending_[id.hash()] = {where, appended_};
  } catch (...) {
    auto why = to_failure(std::current_exception());
    lose(why);
    throw why;
  }
  return appended_;
}

/// When a change of pins would change nothing: the place of the one that did it already.
std::optional<pack_block_store::position> pack_block_store::find_same(const pin_change& change) {
  {
    std::shared_lock lock(pending_mutex_);
    for (auto at = pending_pins_.rbegin(); at != pending_pins_.rend(); ++at) {
      if (at->change.root != change.root) continue;
      if (at->change.pin == change.pin) return at->end;
      return {};
    }
  }
  if (index_->find_pin(change.root) == change.pin) return 0;
  return {};
}

pack_block_store::position pack_block_store::put_pin(pin_change change) {
  if (read_only_) throw *read_only_;
  if (auto end = find_same(change)) return *end;
  std::lock_guard lock(append_mutex_);
  change.sequence = next_pin_++;
  auto pin = change.pin;
  auto end = append_pin(std::move(change));
  std::lock_guard protection_lock(protection_mutex_);
  if (collection_ && pin) collection_->new_pins.push_back(std::move(*pin));
  return end;
}

/// Appends one of the store's own records, with append_mutex_ held, and has `note` add it to what is pending.
template <class Write>
pack_block_store::position pack_block_store::append_record(engine::codec codec, bytes_view record, const Write& note) {
  content_id id(1, codec, hash_of(hash_function::sha2_256, record));
  try {
    auto where = log_.append(id, {&record, 1});
    appended_ += record.size();
    std::unique_lock lock(pending_mutex_);
    note(pending_write{where, appended_});
  } catch (...) {
    auto why = to_failure(std::current_exception());
    lose(why);
    throw why;
  }
  return appended_;
}

pack_block_store::position pack_block_store::append_pin(pin_change change) {
  auto record = encode_pin_change(change);
  return append_record(pin_journal_codec, record, [&](const pending_write& write) {
    change.where = write.where;
    pending_pins_.push_back({write, std::move(change)});
  });
}

pack_block_store::position pack_block_store::append_removal(removal r) {
  auto record = encode_removal(r);
  return append_record(removal_journal_codec, record,
                       [&](const pending_write& write) { pending_removals_.push_back({write, std::move(r)}); });
}

} // namespace pillar::ipfs::engine
