/// BLAKE3 with a 32-byte digest and no key (the BLAKE3 paper, section 2). OpenSSL has none.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

#include <array>
#include <cstdint>

namespace pillar::ipfs::engine {

class blake3_256 {
public:
  void update(bytes_view data);
  std::array<std::byte, 32> finish(); ///< once

private:
  using chaining_value = std::array<std::uint32_t, 8>;

  void add_chunk(const chaining_value& value);

  static constexpr std::size_t chunk_size = 1024; // bytes

  /// The roots of whole subtrees, the greatest first: one for each bit that is set in `chunks_`. 2^54 chunks are more
  /// than 64 bits can count bytes of.
  std::array<chaining_value, 54> subtrees_;
  std::uint64_t chunks_ = 0;
  std::array<std::byte, chunk_size> chunk_; ///< the last one: it may turn out to be the root
  std::size_t held_ = 0;
};

} // namespace pillar::ipfs::engine
