#include "actors/ipfs/pack_block_store.hpp"

#include "actors/ipfs/pin_journal.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

// Where a put waits for the sync that is under way, as a multiple of what makes it sync itself.
constexpr std::uint64_t far_too_much = 8;

} // namespace

/// Knows how far its writes reach, and whether any of them was lost since it began.
class pack_block_store::batch : public write_batch {
public:
  explicit batch(pack_block_store& store) : store_(store), losses_before_(store.losses()) {}

  void put(const content_id& id, block_parts block) override { reach(store_.put(id, block)); }
  void pin(engine::pin p) override { changes_.push_back({0, p.root, std::move(p)}); }
  void unpin(const content_id& root) override { changes_.push_back({0, root, {}}); }

  void commit() override {
    for (auto& change : std::exchange(changes_, {})) reach(store_.put_pin(std::move(change)));
    store_.wait_durable(end_, losses_before_);
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
  {
    std::shared_lock lock(pending_mutex_);
    if (auto at = pending_.find(hash); at != pending_.end()) return located{at->second.where, true, false};
  }
  try {
    auto found = index_->find(hash);
    if (!found) return {};
    return located{found->location, false, found->damaged};
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

pack_block_store::position pack_block_store::put(const content_id& id, block_parts block) {
  if (read_only_) throw *read_only_;
  if (inlined_block(id)) return 0;
  auto size = engine::size_of(block);
  if (size > largest_block)
    throw failure(errc::too_large,
                  "block " + id.to_string() + " has " + std::to_string(size) + " bytes: 2 MiB are the most");
  if (id.codec() == pin_journal_codec)
    throw failure(errc::unsupported, "block " + id.to_string() + " has a codec that this store keeps to itself");

  // A block that does not verify is stored anew.
  if (auto found = find(id.hash()); found && !found->pending && !found->damaged) return 0;
  relieve();
  std::lock_guard lock(append_mutex_);
  if (auto at = pending_.find(id.hash()); at != pending_.end()) return at->second.end;
  try {
    auto where = log_.append(id, block);
    appended_ += size + 1;
    std::unique_lock pending_lock(pending_mutex_);
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
  auto record = encode_pin_change(change);
  bytes_view part = record;
  content_id id(1, pin_journal_codec, hash_of(hash_function::sha2_256, part));
  try {
    auto where = log_.append(id, {&part, 1});
    appended_ += record.size();
    std::unique_lock pending_lock(pending_mutex_);
    pending_pins_.push_back({{where, appended_}, std::move(change)});
  } catch (...) {
    auto why = to_failure(std::current_exception());
    lose(why);
    throw why;
  }
  return appended_;
}

/// After a failed write or sync, with append_mutex_ held: forgets the writes that are gone with it. Batches with such a
/// write fail when they commit.
void pack_block_store::lose(const failure& why) {
  auto loss = log_.take_loss();
  if (loss == segment_log::loss::none) return;
  std::scoped_lock lock(pending_mutex_, commit_mutex_);
  position from = appended_;
  auto is_lost = [&](const pending_write& w) {
    bool lost = loss == segment_log::loss::unsynced ? w.end > durable_ : log_.is_beyond(w.where);
    if (lost) from = std::min(from, w.end - 1);
    return lost;
  };
  std::erase_if(pending_, [&](const auto& entry) { return is_lost(entry.second); });
  std::erase_if(pending_pins_, is_lost);
  if (loss == segment_log::loss::unsynced) {
    filled_.clear(); // the next opening reads them in
    log_.take_filled();
  }
  lost_from_.push_back(from);
  last_loss_ = why;
}

std::size_t pack_block_store::losses() {
  std::lock_guard lock(commit_mutex_);
  return lost_from_.size();
}

/// Bounds what waits for a sync, before more is added: syncs when there is much of it, and waits when there is far too
/// much. Throws what keeps it from getting less.
void pack_block_store::relieve() {
  std::size_t pending = 0;
  {
    std::shared_lock lock(pending_mutex_);
    pending = pending_.size();
  }
  std::unique_lock lock(commit_mutex_);
  auto unsynced = appended_ - durable_;
  if (unsynced <= most_unsynced && pending <= most_pending) return;
  bool far_beyond = unsynced > far_too_much * most_unsynced || pending > far_too_much * most_pending;
  if (!committing_) lead_sync(lock);
  else if (far_beyond) committed_.wait(lock, [this] { return !committing_; });
  if (index_trouble_ && pending > most_pending) throw *index_trouble_;
}

void pack_block_store::wait_durable(position end, std::size_t losses_before) {
  std::unique_lock lock(commit_mutex_);
  for (;;) {
    for (auto i = losses_before; i < lost_from_.size(); ++i)
      if (end > lost_from_[i]) throw *last_loss_;
    if (durable_ >= end) return;
    if (committing_) committed_.wait(lock);
    else lead_sync(lock);
  }
}

/// Syncs for everybody who waits: those who come meanwhile wait for the next one.
void pack_block_store::lead_sync(std::unique_lock<std::mutex>& commit_lock) {
  committing_ = true;
  commit_lock.unlock();
  std::exception_ptr thrown;
  try {
    sync();
  } catch (...) {
    thrown = std::current_exception();
  }
  commit_lock.lock();
  committing_ = false;
  committed_.notify_all();
  if (thrown) std::rethrow_exception(thrown);
}

void pack_block_store::sync() {
  position end = 0;
  std::size_t losses_before = 0;
  std::shared_ptr<segment_file> segment;
  std::vector<segment_state> ends;
  {
    std::lock_guard lock(append_mutex_);
    try {
      log_.flush();
    } catch (...) {
      lose(to_failure(std::current_exception()));
      throw;
    }
    losses_before = losses();
    end = appended_;
    for (auto& filled : log_.take_filled()) filled_.push_back(filled);
    ends = filled_;
    segment = log_.current();
    if (segment) ends.push_back({segment->number(), log_.written(), false});
  }
  try {
    if (segment) segment->sync();
  } catch (...) {
    std::lock_guard lock(append_mutex_);
    log_.abandon();
    lose(to_failure(std::current_exception()));
    throw;
  }
  {
    std::lock_guard lock(append_mutex_);
    if (losses() != losses_before) return; // a write that failed meanwhile may have cut the segment
    if (segment) log_.set_synced(segment->number(), ends.back().indexed);
    std::lock_guard commit_lock(commit_mutex_);
    durable_ = end;
  }
  committed_.notify_all();
  update_index(end, std::move(ends));
}

/// Moves what is durable into the index. If that fails, it stays here and is read from here, and the next sync tries
/// again; after a crash it is read in from the segments.
void pack_block_store::update_index(position durable, std::vector<segment_state> segments) {
  index_change change{.blocks = {}, .pins = {}, .segments = std::move(segments)};
  auto is_durable = [&](const pending_write& w) { return w.end <= durable; };
  {
    std::shared_lock lock(pending_mutex_);
    for (const auto& [hash, write] : pending_)
      if (is_durable(write)) change.blocks.push_back({hash, write.where, false});
    for (const auto& pin : pending_pins_)
      if (is_durable(pin)) change.pins.push_back(pin.change);
  }
  std::optional<failure> trouble;
  try {
    index_->apply(change);
  } catch (...) {
    trouble = to_failure(std::current_exception());
    note_damage(*trouble);
  }
  if (!trouble) {
    std::lock_guard append_lock(append_mutex_);
    std::unique_lock lock(pending_mutex_);
    std::erase_if(pending_, [&](const auto& entry) { return is_durable(entry.second); });
    std::erase_if(pending_pins_, is_durable);
    std::erase_if(filled_, [&](const auto& f) {
      return std::ranges::any_of(change.segments, [&](const auto& s) { return s.number == f.number; });
    });
  }
  std::lock_guard lock(commit_mutex_);
  index_trouble_ = std::move(trouble);
}

} // namespace pillar::ipfs::engine
