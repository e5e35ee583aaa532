#include "actors/ipfs/store/block_cache.hpp"

namespace pillar::ipfs::engine {

/// With what the list and the table take for it, about.
std::size_t block_cache::weight(const entry& e) {
  return e.block.size() + 256;
}

std::optional<bytes> block_cache::get(const multihash& hash) {
  std::lock_guard lock(mutex_);
  auto found = places_.find(hash);
  if (found == places_.end()) return {};
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->block;
}

std::uint64_t block_cache::removals() {
  std::lock_guard lock(mutex_);
  return removals_;
}

void block_cache::put(const multihash& hash, bytes_view block, std::uint64_t removals) {
  if (block.size() > largest) return;
  std::lock_guard lock(mutex_);
  if (removals != removals_ || places_.contains(hash)) return;
  entries_.push_front({hash, bytes(block.begin(), block.end())});
  places_.emplace(hash, entries_.begin());
  for (size_ += weight(entries_.front()); size_ > capacity_; entries_.pop_back()) {
    size_ -= weight(entries_.back());
    places_.erase(entries_.back().hash);
  }
}

void block_cache::erase(const multihash& hash) {
  std::lock_guard lock(mutex_);
  ++removals_;
  auto found = places_.find(hash);
  if (found == places_.end()) return;
  size_ -= weight(*found->second);
  entries_.erase(found->second);
  places_.erase(found);
}

void block_cache::clear() {
  std::lock_guard lock(mutex_);
  ++removals_;
  places_.clear();
  entries_.clear();
  size_ = 0;
}

} // namespace pillar::ipfs::engine
