#include "actors/ipfs/store/memory_block_store.hpp"

#include "actors/ipfs/store/dag_walk.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace pillar::ipfs::engine {

class memory_block_store::batch : public write_batch {
public:
  explicit batch(memory_block_store& store) : store_(store) {
    std::unique_lock lock(store_.mutex_);
    store_.batches_.insert(&touched_);
  }
  batch(const batch&) = delete;
  batch& operator=(const batch&) = delete;
  ~batch() override {
    std::unique_lock lock(store_.mutex_);
    release();
    store_.batches_.erase(&touched_);
  }

  void put(const content_id& id, block_parts block) override {
    if (inlined_block(id)) return;
    if (engine::size_of(block) > largest_block)
      throw failure(errc::too_large, "block " + id.to_string() + " is larger than 2 MiB");
    bytes content;
    content.reserve(engine::size_of(block));
    for (auto part : block) append(content, part);
    std::unique_lock lock(store_.mutex_);
    touched_.add(id.hash());
    auto [at, is_new] = store_.blocks_.try_emplace(id.hash());
    if (is_new) at->second = {std::move(content), ++store_.last_number_};
  }

  bool keep(const content_id& id) override {
    if (inlined_block(id)) return true;
    std::unique_lock lock(store_.mutex_);
    touched_.add(id.hash());
    return store_.blocks_.contains(id.hash());
  }

  void pin(engine::pin p) override { changes_.emplace_back(p.root, p); }
  void unpin(const content_id& root) override { changes_.emplace_back(root, std::nullopt); }

  void commit() override {
    std::unique_lock lock(store_.mutex_);
    for (auto& [root, change] : changes_) {
      if (change && store_.collection_) store_.collection_->new_pins.push_back(*change);
      if (change) store_.pins_[root] = std::move(*change);
      else store_.pins_.erase(root);
    }
    changes_.clear();
    release();
  }

private:
  void release() {
    if (store_.collection_) store_.collection_->kept.add(touched_);
    touched_.clear();
  }

  memory_block_store& store_;
  std::vector<std::pair<content_id, std::optional<engine::pin>>> changes_;
  touched_blocks touched_;
};

memory_block_store::memory_block_store() : identity_(random_identity()) {}

std::optional<bytes> memory_block_store::get(const content_id& id) {
  if (auto inlined = inlined_block(id)) return bytes(inlined->begin(), inlined->end());
  std::shared_lock lock(mutex_);
  auto at = blocks_.find(id.hash());
  if (at == blocks_.end()) return {};
  verify(id, at->second.content, "in memory");
  return at->second.content;
}

std::optional<std::uint64_t> memory_block_store::size_of(const content_id& id) {
  if (auto inlined = inlined_block(id)) return inlined->size();
  std::shared_lock lock(mutex_);
  auto at = blocks_.find(id.hash());
  if (at == blocks_.end()) return {};
  return at->second.content.size();
}

std::unique_ptr<write_batch> memory_block_store::begin() {
  return std::make_unique<batch>(*this);
}

std::optional<engine::pin> memory_block_store::find_pin(const content_id& root) {
  std::shared_lock lock(mutex_);
  auto at = pins_.find(root);
  if (at == pins_.end()) return {};
  return at->second;
}

void memory_block_store::for_each_pin(const std::function<void(const engine::pin&)>& visit) {
  std::vector<engine::pin> pins;
  {
    std::shared_lock lock(mutex_);
    for (const auto& [root, pin] : pins_) pins.push_back(pin);
  }
  for (const auto& pin : pins) visit(pin);
}

std::vector<multihash> memory_block_store::hashes() {
  std::shared_lock lock(mutex_);
  std::vector<multihash> out;
  out.reserve(blocks_.size());
  for (const auto& [hash, block] : blocks_) out.push_back(hash);
  return out;
}

void memory_block_store::for_each_block(const std::function<void(const content_id&, std::uint64_t)>& visit) {
  for (const auto& hash : hashes()) {
    content_id id(1, codec::raw, hash);
    if (auto size = size_of(id)) visit(id, *size);
  }
}

std::optional<std::uint64_t> memory_block_store::number_of(const content_id& id) {
  std::shared_lock lock(mutex_);
  auto at = blocks_.find(id.hash());
  if (at == blocks_.end()) return {};
  return at->second.number;
}

bool memory_block_store::is_kept(const multihash& hash) const {
  return std::ranges::any_of(batches_, [&](const auto* touched) { return touched->contains(hash); });
}

bool memory_block_store::remove(const content_id& id) {
  std::unique_lock lock(mutex_);
  if (!blocks_.contains(id.hash())) return false;
  if (is_kept(id.hash()))
    throw failure(errc::in_use,
                  "block " + id.to_string() + " is part of an add that has not ended: try again when it has");
  blocks_.erase(id.hash());
  return true;
}

collected_garbage memory_block_store::collect_garbage(const std::function<void(const content_id&)>& removed,
                                                      std::stop_token stop) {
  {
    std::unique_lock lock(mutex_);
    if (!collected_.wait(lock, stop, [this] { return !collection_; }))
      throw failure(errc::cancelled, "the collection of garbage was stopped before it began");
    collection_.emplace();
  }
  auto end = [this] {
    std::unique_lock lock(mutex_);
    collection_.reset();
    collected_.notify_one();
  };
  try {
    auto result = collect(removed, stop);
    end();
    return result;
  } catch (...) {
    end();
    throw;
  }
}

collected_garbage memory_block_store::collect(const std::function<void(const content_id& id)>& removed,
                                              const std::stop_token& stop) {
  collected_garbage out;
  std::set<multihash> missing;
  content_id root;
  dag_walk walk(*this,
                {.reached = {},
                 .missing =
                     [&](const content_id& id) {
                       if (missing.size() < collected_garbage::most_missing && missing.insert(id.hash()).second)
                         out.missing.push_back({id, root});
                     },
                 .unreadable = {}},
                stop);
  auto mark = [&](const engine::pin& p) {
    root = p.root;
    try {
      walk.walk(p.root, p.mode == pin_mode::recursive);
    } catch (const failure& f) {
      explain_unknown_need(p, f);
    }
  };
  auto newest = [&] {
    std::shared_lock lock(mutex_);
    return last_number_;
  }();
  for_each_pin(mark);
  for (;;) {
    std::vector<engine::pin> pins;
    std::vector<multihash> garbage;
    {
      std::unique_lock lock(mutex_);
      pins.swap(collection_->new_pins);
      if (pins.empty()) {
        std::erase_if(blocks_, [&](const auto& entry) {
          const auto& [hash, block] = entry;
          if (block.number > newest || walk.has_reached(block.number) || collection_->kept.contains(hash)
              || is_kept(hash))
            return false;
          ++out.blocks;
          out.block_bytes += block.content.size();
          garbage.push_back(hash);
          return true;
        });
      }
    }
    if (pins.empty()) {
      if (removed)
        for (const auto& hash : garbage) removed(content_id(1, codec::raw, hash));
      return out;
    }
    for (const auto& p : pins) mark(p);
  }
}

std::uint64_t memory_block_store::verify_all(const std::function<void(const content_id&, std::string_view)>& report,
                                             const std::function<void(std::uint64_t)>& progress, std::stop_token stop) {
  std::uint64_t read = 0;
  for (const auto& hash : hashes()) {
    if (stop.stop_requested()) throw failure(errc::cancelled, "the verification was stopped");
    content_id id(1, codec::raw, hash);
    try {
      if (!get(id)) continue;
    } catch (const failure& f) {
      report(id, f.message());
    }
    ++read;
  }
  if (progress) progress(read);
  return read;
}

store_stats memory_block_store::stats() {
  std::shared_lock lock(mutex_);
  store_stats out;
  for (const auto& [hash, block] : blocks_) {
    ++out.blocks;
    out.block_bytes += block.content.size();
  }
  return out;
}

} // namespace pillar::ipfs::engine
