/// The little of Protocol Buffers that dag-pb and UnixFS are made of. Reading is strict: what no writer of these
/// formats produces is refused, since it could only serve to hide something.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"
#include "actors/ipfs/format/varint.hpp"

#include <cstdint>

namespace pillar::ipfs::engine {

enum class wire : std::uint8_t { varint = 0, bytes = 2, fixed32 = 5 };

inline std::size_t field_size(std::uint64_t number) { // with a field number below 16
  return 1 + varint_size(number);
}
inline std::size_t field_size_of_bytes(std::size_t size) {
  return 1 + varint_size(size) + size;
}

inline void append_tag(bytes& to, unsigned field, wire type) {
  to.push_back(static_cast<std::byte>(field << 3 | static_cast<unsigned>(type)));
}
inline void append_field(bytes& to, unsigned field, std::uint64_t number) {
  append_tag(to, field, wire::varint);
  append_varint(to, number);
}
inline void append_field(bytes& to, unsigned field, bytes_view data) {
  append_tag(to, field, wire::bytes);
  append_varint(to, data.size());
  append(to, data);
}

/// One field as it was read: `number` of a varint or fixed32, `data` of bytes.
struct pb_field {
  unsigned field = 0;
  wire type = wire::varint;
  std::uint64_t number = 0;
  bytes_view data;
};

/// Takes the next field off the front of `message`, which is not empty. Throws damaged, naming the `format`, when it is
/// cut off or of a kind these formats do not use.
pb_field take_field(bytes_view& message, const char* format);

/// Refuses a message: damaged, "malformed dag-pb: a link has no hash".
[[noreturn]] void malformed(const char* format, std::string_view why);

} // namespace pillar::ipfs::engine
