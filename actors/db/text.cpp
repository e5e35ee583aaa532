#include "actors/db/text.hpp"

#include <cstddef>

namespace pillar::db {

namespace {

constexpr std::size_t longest_quote = 80; // bytes; a message stays readable on one line

unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

bool in(unsigned char c, unsigned char low, unsigned char high) {
  return c >= low && c <= high;
}

/// The length of the well-formed sequence at the beginning; 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  auto lead = byte_at(text, 0);
  if (lead < 0x80) return 1;
  std::size_t length = in(lead, 0xC2, 0xDF) ? 2 : in(lead, 0xE0, 0xEF) ? 3 : in(lead, 0xF0, 0xF4) ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  // The second byte's range excludes overlong forms, surrogates and what lies above U+10FFFF.
  unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (!in(byte_at(text, 1), low, high)) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!in(byte_at(text, i), 0x80, 0xBF)) return 0;
  }
  return length;
}

bool begins_with_control(std::string_view text) {
  auto c = byte_at(text, 0);
  return c < 0x20 || c == 0x7F || (c == 0xC2 && text.size() > 1 && in(byte_at(text, 1), 0x80, 0x9F));
}

void append_escaped(std::string& to, unsigned char c) {
  constexpr char digits[] = "0123456789abcdef";
  to += "\\x";
  to += digits[c >> 4];
  to += digits[c & 15];
}

} // namespace

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    auto length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool has_control_character(std::string_view text) noexcept {
  for (; !text.empty(); text.remove_prefix(1)) {
    if (begins_with_control(text)) return true;
  }
  return false;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    if (out.size() > longest_quote) return out + "...\"";
    auto length = begins_with_control(text) ? 0 : sequence_length(text);
    if (length == 0) append_escaped(out, byte_at(text, 0));
    else out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out + '"';
}

} // namespace pillar::db
