/// Which blocks somebody relies on, remembered in little memory.
#pragma once

#include "actors/ipfs/format/cid.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace pillar::ipfs::engine {

/// A set of blocks that may hold a few more than were added, and never less: 64 bits of each hash are kept, in 12 to 24
/// bytes. To be asked before something is removed, where keeping too much does no harm.
class touched_blocks {
public:
  void add(const multihash& hash) { add(key_of(hash)); }

  void add(const touched_blocks& others) {
    for (auto key : others.slots_)
      if (key != 0) add(key);
  }

  bool contains(const multihash& hash) const { return !slots_.empty() && slots_[slot_of(key_of(hash))] != 0; }

  std::size_t size() const { return size_; }
  void clear() { *this = {}; }

private:
  static std::uint64_t key_of(const multihash& hash) {
    auto key = std::uint64_t{std::hash<multihash>{}(hash)};
    return key == 0 ? 1 : key; // 0 marks a free slot
  }

  /// Where a key is, or would be.
  std::size_t slot_of(std::uint64_t key) const {
    auto mask = slots_.size() - 1;
    auto at = static_cast<std::size_t>(key * 0x9e3779b97f4a7c15 >> 20) & mask;
    while (slots_[at] != 0 && slots_[at] != key) at = (at + 1) & mask;
    return at;
  }

  void add(std::uint64_t key) {
    if (slots_.size() * 2 <= size_ * 3) grow();
    auto& slot = slots_[slot_of(key)];
    if (slot == 0) ++size_;
    slot = key;
  }

  void grow() {
    auto old = std::move(slots_);
    slots_.assign(old.empty() ? 16 : old.size() * 2, 0);
    for (auto key : old)
      if (key != 0) slots_[slot_of(key)] = key;
  }

  std::vector<std::uint64_t> slots_; ///< open addressing; as many as a power of two
  std::size_t size_ = 0;
};

} // namespace pillar::ipfs::engine
