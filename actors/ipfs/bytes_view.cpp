#include "actors/ipfs/bytes_view.hpp"

namespace pillar::ipfs::engine {

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
