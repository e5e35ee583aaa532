/// BLAKE2b with a 32-byte digest (RFC 7693). OpenSSL before 3.2 knows only the 64-byte form, which is another function.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

#include <array>
#include <cstdint>

namespace pillar::ipfs::engine {

class blake2b_256 {
public:
  blake2b_256();
  void update(bytes_view data);
  std::array<std::byte, 32> finish(); ///< once

private:
  void compress(bool last);

  std::array<std::uint64_t, 8> state_;
  std::array<std::byte, 128> block_{};
  std::size_t held_ = 0;
  std::uint64_t total_ = 0; ///< bytes; RFC 7693 counts 128 bits of it, which no input reaches
};

} // namespace pillar::ipfs::engine
