#include "actors/ipfs/format/bytes_view.hpp"

#include <algorithm>

namespace pillar::ipfs::engine {

byte_source source_of(bytes_view data) {
  return [rest = data](std::span<std::byte> to) mutable {
    const auto size = std::min(to.size(), rest.size());
    std::ranges::copy(rest.first(size), to.begin());
    rest = rest.subspan(size);
    return size;
  };
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 80;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (auto c : text.substr(0, longest)) {
    auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      out += c;
    } else {
      out += "\\x";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out + (text.size() > longest ? "...\"" : "\"");
}

} // namespace pillar::ipfs::engine
