#include "actors/ipfs/format/hamt.hpp"

#include "actors/ipfs/format/murmur3.hpp"

#include <algorithm>
#include <bit>

namespace pillar::ipfs::engine {
namespace {

constexpr std::string_view digits = "0123456789ABCDEF";

} // namespace

bool hamt_shape::allows(std::uint64_t fanout) {
  return std::has_single_bit(fanout) && fanout >= 8 && fanout <= largest_fanout;
}

hamt_shape::hamt_shape(std::size_t fanout)
    : fanout_(fanout), bits_(static_cast<unsigned>(std::bit_width(fanout)) - 1), prefix_((bits_ + 3) / 4) {}

std::uint64_t hamt_shape::hash(std::string_view name) {
  return murmur3(name);
}

std::size_t hamt_shape::index(std::uint64_t hash, unsigned used) const {
  return hash >> (hash_bits - used - bits_) & (fanout_ - 1);
}

std::string hamt_shape::prefix(std::size_t index) const {
  std::string text(prefix_, '0');
  for (auto at = text.rbegin(); at != text.rend(); ++at, index >>= 4) *at = digits[index & 15];
  return text;
}

std::optional<std::size_t> hamt_shape::parse_prefix(std::string_view name) const {
  if (name.size() < prefix_) return {};
  std::size_t index = 0;
  for (auto c : name.substr(0, prefix_)) {
    auto digit = digits.find(c);
    if (digit == digits.npos) return {};
    index = index << 4 | digit;
  }
  if (index >= fanout_) return {};
  return index;
}

std::optional<hamt_bitfield> hamt_bitfield::parse(std::size_t fanout, bytes_view data) {
  if (data.size() > fanout / 8) return {};
  hamt_bitfield field(fanout);
  for (std::size_t i = 0; i < data.size(); ++i) {
    auto byte = std::to_integer<unsigned>(data[data.size() - 1 - i]);
    for (std::size_t bit = 0; bit < 8; ++bit)
      if (byte >> bit & 1) field.set(i * 8 + bit);
  }
  return field;
}

bytes hamt_bitfield::to_bytes() const {
  bytes out(fanout_ / 8);
  for (std::size_t i = 0; i < fanout_; ++i)
    if (bits_.test(i)) out[out.size() - 1 - i / 8] |= static_cast<std::byte>(1u << i % 8);
  out.erase(out.begin(), std::ranges::find_if(out, [](auto b) { return b != std::byte{0}; }));
  return out;
}

} // namespace pillar::ipfs::engine
