// What a block store on disk holds: its blocks and pins one after another, and its figures.
#include "actors/ipfs/store/pack_block_store.hpp"

#include <map>
#include <unordered_set>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t page = 1024; // entries that are taken from the index at once

content_id listed(const multihash& hash) {
  return {1, codec::raw, hash};
}

} // namespace

void pack_block_store::for_each_pin(const std::function<void(const engine::pin&)>& visit) {
  // First what waits for the index: what moves there meanwhile is in both, and counts once.
  std::map<content_id, std::optional<engine::pin>> pending;
  {
    std::shared_lock lock(pending_mutex_);
    for (const auto& p : pending_pins_) pending[p.change.root] = p.change.pin;
  }
  for (const auto& [root, pin] : pending)
    if (pin) visit(*pin);
  bytes after;
  for (auto pins = index_->pins_after(after, page); !pins.empty(); pins = index_->pins_after(after, page)) {
    for (const auto& pin : pins)
      if (!pending.contains(pin.root)) visit(pin);
    after.clear();
    pins.back().root.append_to(after);
  }
}

void pack_block_store::for_each_block(const std::function<void(const content_id&, std::uint64_t)>& visit) {
  std::vector<std::pair<multihash, std::uint64_t>> pending;
  std::unordered_set<multihash> visited;
  {
    std::shared_lock lock(pending_mutex_);
    for (const auto& [hash, write] : pending_) pending.emplace_back(hash, write.where.size);
  }
  for (const auto& [hash, size] : pending) {
    visited.insert(hash);
    visit(listed(hash), size);
  }
  bytes after;
  for (auto blocks = index_->blocks_after(after, page); !blocks.empty(); blocks = index_->blocks_after(after, page)) {
    for (const auto& block : blocks) {
      if (visited.contains(block.hash)) continue;
      {
        std::shared_lock lock(pending_mutex_);
        auto at = hidden_.find(block.hash);
        if (at != hidden_.end() && is_same_place(at->second, block.location)) continue;
      }
      visit(listed(block.hash), block.location.size);
    }
    auto last = blocks.back().hash.data();
    after.assign(last.begin(), last.end());
  }
}

std::optional<std::uint64_t> pack_block_store::number_of(const content_id& id) {
  auto found = find(id.hash());
  if (!found) return {};
  return found->number;
}

store_stats pack_block_store::stats() {
  store_stats out{.directory = repository_.directory(), .version = repository::version};
  std::vector<std::pair<multihash, std::uint64_t>> pending;
  {
    std::shared_lock lock(pending_mutex_);
    for (const auto& [hash, write] : pending_) pending.emplace_back(hash, write.where.size);
  }
  for (const auto& [hash, size] : pending) {
    if (index_->find(hash)) continue; // it moves
    ++out.blocks;
    out.block_bytes += size;
  }
  auto indexed = index_->blocks();
  out.blocks += indexed.count;
  out.block_bytes += indexed.bytes;
  std::error_code none;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(repository_.directory(), none))
    if (entry.is_regular_file(none)) out.disk_bytes += allocated_bytes(entry.path());
  return out;
}

} // namespace pillar::ipfs::engine
