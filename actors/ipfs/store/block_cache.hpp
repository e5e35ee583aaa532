/// Blocks that were read lately, in memory.
#pragma once

#include "actors/ipfs/format/cid.hpp"

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace pillar::ipfs::engine {

/// Keeps the blocks that were used last, up to so many bytes of them. Thread-safe.
class block_cache {
public:
  static constexpr std::size_t largest = 64 << 10; ///< bytes of a block: larger ones are not kept

  explicit block_cache(std::size_t capacity) : capacity_(capacity) {}

  std::optional<bytes> get(const multihash& hash);

  /// A number that changes whenever something is taken out by `erase` or `clear`.
  std::uint64_t removals();
  /// Keeps a verified block, unless something was removed since `removals` was read: it may have been this block.
  void put(const multihash& hash, bytes_view block, std::uint64_t removals);

  void erase(const multihash& hash);
  void clear();

private:
  struct entry {
    multihash hash;
    bytes block;
  };
  static std::size_t weight(const entry& e);

  const std::size_t capacity_;
  std::mutex mutex_;
  std::list<entry> entries_; // the last used first
  std::unordered_map<multihash, std::list<entry>::iterator> places_;
  std::size_t size_ = 0; // of all entries
  std::uint64_t removals_ = 0;
};

} // namespace pillar::ipfs::engine
