#include "actors/ipfs/memory_block_store.hpp"

#include "interfaces/error.hpp"

#include <mutex>
#include <utility>

namespace pillar::ipfs::engine {

class memory_block_store::batch : public write_batch {
public:
  explicit batch(memory_block_store& store) : store_(store) {}

  void put(const content_id& id, block_parts block) override {
    if (inlined_block(id)) return;
    if (engine::size_of(block) > largest_block)
      throw failure(errc::too_large, "block " + id.to_string() + " is larger than 2 MiB");
    bytes content;
    content.reserve(engine::size_of(block));
    for (auto part : block) append(content, part);
    std::unique_lock lock(store_.mutex_);
    store_.blocks_.try_emplace(id.hash(), std::move(content));
  }

  void pin(engine::pin p) override { changes_.emplace_back(p.root, p); }
  void unpin(const content_id& root) override { changes_.emplace_back(root, std::nullopt); }

  void commit() override {
    std::unique_lock lock(store_.mutex_);
    for (auto& [root, change] : changes_) {
      if (change) store_.pins_[root] = std::move(*change);
      else store_.pins_.erase(root);
    }
    changes_.clear();
  }

private:
  memory_block_store& store_;
  std::vector<std::pair<content_id, std::optional<engine::pin>>> changes_;
};

memory_block_store::memory_block_store() : identity_(random_identity()) {}

std::optional<bytes> memory_block_store::get(const content_id& id) {
  if (auto inlined = inlined_block(id)) return bytes(inlined->begin(), inlined->end());
  std::shared_lock lock(mutex_);
  auto at = blocks_.find(id.hash());
  if (at == blocks_.end()) return {};
  verify(id, at->second, "in memory");
  return at->second;
}

std::optional<std::uint64_t> memory_block_store::size_of(const content_id& id) {
  if (auto inlined = inlined_block(id)) return inlined->size();
  std::shared_lock lock(mutex_);
  auto at = blocks_.find(id.hash());
  if (at == blocks_.end()) return {};
  return at->second.size();
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

} // namespace pillar::ipfs::engine
