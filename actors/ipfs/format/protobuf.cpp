#include "actors/ipfs/format/protobuf.hpp"

#include "interfaces/error.hpp"

namespace pillar::ipfs::engine {

void malformed(const char* format, std::string_view why) {
  throw failure(errc::damaged, std::string("malformed ") + format + ": " + std::string(why));
}

pb_field take_field(bytes_view& message, const char* format) {
  auto number = [&](const char* why) {
    auto value = take_varint(message);
    if (!value) malformed(format, why);
    return *value;
  };
  auto data = [&](std::uint64_t size) {
    if (size > message.size()) malformed(format, "a field is cut off");
    auto taken = message.first(size);
    message = message.subspan(size);
    return taken;
  };
  auto tag = number("a field's tag is no proper varint");
  pb_field out{.field = static_cast<unsigned>(tag >> 3), .type = static_cast<wire>(tag & 7), .data = {}};
  if (tag >> 3 == 0 || tag >> 3 > 15) malformed(format, "an unknown field");
  switch (out.type) {
    case wire::varint: out.number = number("a number is no proper varint"); return out;
    case wire::bytes: out.data = data(number("a length is no proper varint")); return out;
    case wire::fixed32: {
      auto raw = data(4);
      for (std::size_t i = 0; i < 4; ++i) out.number |= std::to_integer<std::uint64_t>(raw[i]) << (8 * i);
      return out;
    }
  }
  malformed(format, "an unknown wire type");
}

} // namespace pillar::ipfs::engine
