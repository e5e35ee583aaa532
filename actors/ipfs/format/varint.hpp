/// Unsigned varints as multiformats and Protocol Buffers use them: 7 bits a byte, the least significant first.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

#include <cstdint>
#include <optional>

namespace pillar::ipfs::engine {

inline constexpr std::size_t longest_varint = 10; ///< bytes of 2^64 - 1

constexpr std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  while (value >>= 7) ++size;
  return size;
}

/// Writes the shortest form to `to`, which has room for `varint_size(value)` bytes. Returns the end.
constexpr std::byte* write_varint(std::byte* to, std::uint64_t value) {
  for (; value > 0x7f; value >>= 7) *to++ = static_cast<std::byte>((value & 0x7f) | 0x80);
  *to++ = static_cast<std::byte>(value);
  return to;
}

inline void append_varint(bytes& to, std::uint64_t value) {
  std::byte buffer[longest_varint];
  append(to, {buffer, write_varint(buffer, value)});
}

/// Takes a varint off the front of `data`. None, with `data` as it was, when it is cut off, longer than 10 bytes, over
/// 64 bits, or not in its shortest form (multiformats demand the shortest; whoever writes another one hides something).
inline std::optional<std::uint64_t> take_varint(bytes_view& data) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < data.size() && i < longest_varint; ++i) {
    auto byte = std::to_integer<std::uint64_t>(data[i]);
    if (i == longest_varint - 1 && byte > 1) return {};
    value |= (byte & 0x7f) << (7 * i);
    if (byte & 0x80) continue;
    if (byte == 0 && i > 0) return {};
    data = data.subspan(i + 1);
    return value;
  }
  return {};
}

} // namespace pillar::ipfs::engine
