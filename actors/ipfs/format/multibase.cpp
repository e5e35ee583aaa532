#include "actors/ipfs/format/multibase.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace pillar::ipfs::engine {
namespace {

struct alphabet {
  char prefix;
  std::string_view digits;
  bool padded = false;
  bool whole_number = false; ///< the bytes are one big number, not groups of bits

  int bits() const { return std::bit_width(digits.size()) - 1; }
};

constexpr std::string_view bitcoin = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::string_view base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64_url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array alphabets{
    alphabet{'0', "01"},
    alphabet{'9', "0123456789", false, true},
    alphabet{'f', "0123456789abcdef"},
    alphabet{'F', "0123456789ABCDEF"},
    alphabet{'b', "abcdefghijklmnopqrstuvwxyz234567"},
    alphabet{'B', "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"},
    alphabet{'c', "abcdefghijklmnopqrstuvwxyz234567", true},
    alphabet{'C', "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", true},
    alphabet{'v', "0123456789abcdefghijklmnopqrstuv"},
    alphabet{'V', "0123456789ABCDEFGHIJKLMNOPQRSTUV"},
    alphabet{'t', "0123456789abcdefghijklmnopqrstuv", true},
    alphabet{'T', "0123456789ABCDEFGHIJKLMNOPQRSTUV", true},
    alphabet{'h', "ybndrfg8ejkmcpqxot1uwisza345h769"},
    alphabet{'k', "0123456789abcdefghijklmnopqrstuvwxyz", false, true},
    alphabet{'K', "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", false, true},
    alphabet{'z', bitcoin, false, true},
    alphabet{'Z', "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ", false, true},
    alphabet{'m', base64},
    alphabet{'M', base64, true},
    alphabet{'u', base64_url},
    alphabet{'U', base64_url, true},
};

const alphabet* find(char prefix) {
  auto at = std::ranges::find(alphabets, prefix, &alphabet::prefix);
  return at == alphabets.end() ? nullptr : &*at;
}

std::string encode_number(std::string_view digits, bytes_view data) {
  auto zeros =
      static_cast<std::size_t>(std::ranges::find_if(data, [](auto b) { return b != std::byte{0}; }) - data.begin());
  std::string reversed;
  for (auto byte : data.subspan(zeros)) {
    auto carry = std::to_integer<unsigned>(byte);
    for (auto& digit : reversed) {
      carry += static_cast<unsigned char>(digit) * 256u;
      digit = static_cast<char>(carry % digits.size());
      carry /= static_cast<unsigned>(digits.size());
    }
    for (; carry; carry /= static_cast<unsigned>(digits.size())) reversed += static_cast<char>(carry % digits.size());
  }
  std::string out(zeros, digits[0]);
  for (auto at = reversed.rbegin(); at != reversed.rend(); ++at) out += digits[static_cast<unsigned char>(*at)];
  return out;
}

std::optional<bytes> decode_number(std::string_view digits, std::string_view text) {
  auto zeros = std::min(text.find_first_not_of(digits[0]), text.size());
  bytes reversed;
  for (auto c : text.substr(zeros)) {
    auto value = digits.find(c);
    if (value == digits.npos) return {};
    auto carry = static_cast<unsigned>(value);
    for (auto& byte : reversed) {
      carry += std::to_integer<unsigned>(byte) * static_cast<unsigned>(digits.size());
      byte = static_cast<std::byte>(carry & 0xff);
      carry >>= 8;
    }
    for (; carry; carry >>= 8) reversed.push_back(static_cast<std::byte>(carry & 0xff));
  }
  bytes out(zeros, std::byte{0});
  out.insert(out.end(), reversed.rbegin(), reversed.rend());
  return out;
}

std::string encode_groups(const alphabet& a, bytes_view data) {
  std::string out;
  std::uint32_t held = 0;
  int count = 0;
  for (auto byte : data) {
    held = held << 8 | std::to_integer<std::uint32_t>(byte);
    for (count += 8; count >= a.bits(); count -= a.bits())
      out += a.digits[held >> (count - a.bits()) & (a.digits.size() - 1)];
    held &= (1u << count) - 1;
  }
  if (count > 0) out += a.digits[held << (a.bits() - count) & (a.digits.size() - 1)];
  return out;
}

/// Padding is taken off when the base has it; bits that stand for nothing must be zero and fewer than a digit's.
std::optional<bytes> decode_groups(const alphabet& a, std::string_view text) {
  if (a.padded) {
    auto group = a.bits() == 5 ? 8u : 4u;
    if (text.size() % group != 0) return {};
    auto end = text.find_last_not_of('=') + 1;
    if (text.size() - end >= group) return {};
    text = text.substr(0, end);
  }
  bytes out;
  std::uint32_t held = 0;
  int count = 0;
  for (auto c : text) {
    auto value = a.digits.find(c);
    if (value == a.digits.npos) return {};
    held = held << a.bits() | static_cast<std::uint32_t>(value);
    count += a.bits();
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<std::byte>(held >> count & 0xff));
      held &= (1u << count) - 1;
    }
  }
  if (held != 0 || count >= a.bits()) return {};
  return out;
}

} // namespace

std::string encode_multibase(base b, bytes_view data) {
  const auto& a = *find(static_cast<char>(b));
  return a.prefix + (a.whole_number ? encode_number(a.digits, data) : encode_groups(a, data));
}

std::optional<bytes> decode_multibase(std::string_view text) {
  if (text.empty()) return {};
  const auto* a = find(text[0]);
  if (!a) return {};
  return a->whole_number ? decode_number(a->digits, text.substr(1)) : decode_groups(*a, text.substr(1));
}

std::string encode_base58(bytes_view data) {
  return encode_number(bitcoin, data);
}

std::optional<bytes> decode_base58(std::string_view text) {
  return decode_number(bitcoin, text);
}

} // namespace pillar::ipfs::engine
