#include "actors/ipfs/files/rabin.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace pillar::ipfs::engine {
namespace {

constexpr std::uint64_t polynomial = 17437180132763653; // of degree 53, irreducible; boxo's choice
constexpr unsigned degree = 53;

constexpr std::uint64_t remainder(std::uint64_t value) {
  for (unsigned bit = 63; bit >= degree; --bit)
    if (value >> bit & 1) value ^= polynomial << (bit - degree);
  return value;
}

struct rabin_tables {
  std::array<std::uint64_t, 256> leaving; ///< what a byte still adds to the remainder when it has just left the window
  std::array<std::uint64_t, 256> folding; ///< what takes 8 bits above the degree away, and adds their remainder
};

constexpr rabin_tables tables = [] {
  rabin_tables out{};
  for (std::uint64_t byte = 0; byte < 256; ++byte) {
    auto hash = byte;
    for (std::size_t i = 0; i < rabin_window; ++i) hash = remainder(hash << 8);
    out.leaving[byte] = hash;
    out.folding[byte] = remainder(byte << degree) | byte << degree;
  }
  return out;
}();

/// Shifts by a byte and adds the one that comes.
constexpr std::uint64_t append(std::uint64_t hash, std::uint64_t next) {
  return hash << 8 ^ tables.folding[hash >> (degree - 8)] ^ next;
}

constexpr std::uint64_t number(std::byte byte) {
  return std::to_integer<std::uint64_t>(byte);
}

} // namespace

std::size_t rabin_cut(bytes_view data, std::size_t smallest, std::size_t average, std::size_t largest) {
  if (data.size() <= smallest) return data.size();
  const auto mask = std::bit_floor(average) - 1;
  const auto end = std::min(data.size(), largest);
  std::uint64_t hash = 0;
  for (auto at = smallest - rabin_window; at < smallest; ++at) hash = append(hash, number(data[at]));
  for (auto at = smallest; at < end; ++at) {
    if ((hash & mask) == 0) return at;
    hash = append(hash, number(data[at]) ^ tables.leaving[number(data[at - rabin_window])]);
  }
  return end;
}

} // namespace pillar::ipfs::engine
