#include "actors/ipfs/format/murmur3.hpp"

#include <bit>
#include <cstddef>

namespace pillar::ipfs::engine {
namespace {

constexpr std::uint64_t first_factor = 0x87c37b91114253d5;
constexpr std::uint64_t second_factor = 0x4cf5ad432745937f;

/// Up to 8 bytes, the first one least significant.
std::uint64_t word(std::string_view data) {
  std::uint64_t value = 0;
  for (std::size_t i = data.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(data[i]);
  return value;
}

std::uint64_t mixed_first(std::uint64_t k) {
  return std::rotl(k * first_factor, 31) * second_factor;
}

std::uint64_t mixed_second(std::uint64_t k) {
  return std::rotl(k * second_factor, 33) * first_factor;
}

std::uint64_t avalanche(std::uint64_t k) {
  k = (k ^ k >> 33) * 0xff51afd7ed558ccd;
  k = (k ^ k >> 33) * 0xc4ceb9fe1a85ec53;
  return k ^ k >> 33;
}

} // namespace

std::uint64_t murmur3(std::string_view data) {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  auto rest = data;
  for (; rest.size() >= 16; rest.remove_prefix(16)) {
    a ^= mixed_first(word(rest.substr(0, 8)));
    a = (std::rotl(a, 27) + b) * 5 + 0x52dce729;
    b ^= mixed_second(word(rest.substr(8, 8)));
    b = (std::rotl(b, 31) + a) * 5 + 0x38495ab5;
  }
  if (rest.size() > 8) b ^= mixed_second(word(rest.substr(8)));
  if (!rest.empty()) a ^= mixed_first(word(rest.substr(0, 8)));
  a ^= data.size();
  b ^= data.size();
  a += b;
  b += a;
  return avalanche(a) + avalanche(b);
}

} // namespace pillar::ipfs::engine
