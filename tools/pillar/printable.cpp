#include "tools/pillar/printable.hpp"

#include "interfaces/utf8.hpp"

namespace pillar::cli {

namespace {

std::string hex(std::uint32_t number, int digits) {
  std::string text;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) text += "0123456789abcdef"[number >> shift & 15];
  return text;
}

std::string escape(std::uint32_t code) {
  switch (code) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return code < 0x80 ? "\\x" + hex(code, 2) : "\\u" + hex(code, 4);
  }
}

} // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const auto c = first_character(text);
    const std::size_t size = c ? c->bytes : 1;
    if (!c) shown += "\\x" + hex(static_cast<unsigned char>(text.front()), 2);
    else if (is_steering(c->code)) shown += escape(c->code);
    else shown += text.substr(0, size);
    text.remove_prefix(size);
  }
  return shown;
}

} // namespace pillar::cli
