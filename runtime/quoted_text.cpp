#include "runtime/quoted_text.hpp"

#include "interfaces/error.hpp"
#include "interfaces/utf8.hpp"

#include <algorithm>
#include <cstdint>

namespace pillar {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

failure malformed(std::string message) {
  return {errc::bad_request, std::move(message)};
}

} // namespace

char text_scanner::next() {
  const char c = peek();
  if (!rest_.empty()) rest_.remove_prefix(1);
  if (c == '\n') ++line_;
  return c;
}

void text_scanner::skip_blanks() {
  while (is_blank(peek())) next();
}

void text_scanner::skip_comment() {
  if (peek() != '#') return;
  while (!at_end() && !at_line_end()) next();
}

void text_scanner::skip_blanks_and_lines() {
  while (!at_end()) {
    const char c = peek();
    if (c == '#') skip_comment();
    else if (is_blank(c) || c == '\n' || c == '\r') next();
    else return;
  }
}

bool text_scanner::at_line_end() const noexcept {
  return at_end() || peek() == '\n' || rest_.starts_with("\r\n");
}

std::string text_scanner::quoted() {
  next();
  std::string made;
  for (;;) {
    if (at_line_end()) throw malformed("a text in quotes has no end: write a \" on the same line");
    const char c = next();
    if (c == '"') return made;
    if (c == '\\') append_escape(made);
    else if (is_control(c) && c != '\t') throw malformed("a control character in a text: write it as \\uXXXX");
    else made += c;
  }
}

void text_scanner::append_escape(std::string& to) {
  std::size_t digits = 0;
  switch (const char c = next(); c) {
    case '"':
    case '\\': to += c; return;
    case 'n': to += '\n'; return;
    case 'r': to += '\r'; return;
    case 't': to += '\t'; return;
    case 'u': digits = 4; break;
    case 'U': digits = 8; break;
    default: throw malformed(R"(an unknown escape: write one of \" \\ \n \r \t \uXXXX \UXXXXXXXX)");
  }
  std::uint32_t code = 0;
  for (; digits > 0; --digits) {
    const std::string_view hexadecimal = "0123456789abcdef";
    const char c = peek();
    const auto digit = hexadecimal.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
    if (digit == std::string_view::npos) throw malformed("an escape needs 4 (\\u) or 8 (\\U) hexadecimal digits");
    code = code << 4 | static_cast<std::uint32_t>(digit);
    next();
  }
  if (code == 0 || !is_scalar(code)) throw malformed("an escape stands for no character that a text may hold");
  append_utf8(to, code);
}

std::vector<std::string> text_scanner::list() {
  const auto opened_on = line_;
  next();
  std::vector<std::string> made;
  for (;;) {
    skip_blanks_and_lines();
    if (at_end()) {
      line_ = opened_on; // that is the line to mend
      throw malformed("a list has no end: write a ]");
    }
    if (peek() == ']') return next(), made;
    auto item = peek() == '"' ? quoted() : bare(",]\"[");
    if (peek() == '[') throw malformed("a list in a list: an item is a text");
    if (item.empty() && (peek() == ',' || peek() == '"'))
      throw malformed("an item is missing: write \"\" for an empty text");
    made.push_back(std::move(item));
    skip_blanks_and_lines();
    if (peek() == ',') next();
    else if (peek() != ']' && !at_end()) throw malformed("a comma is missing between two items");
  }
}

std::string text_scanner::bare(std::string_view ends) {
  std::string made;
  while (!at_line_end() && ends.find(peek()) == std::string_view::npos) {
    if (peek() == '#' && (made.empty() || is_blank(made.back()))) break;
    if (is_control(peek()) && !is_blank(peek()))
      throw malformed("a control character in a value: write it in quotes, as \\uXXXX");
    made += next();
  }
  while (!made.empty() && is_blank(made.back())) made.pop_back();
  return made;
}

std::string text_scanner::name() {
  std::string made;
  while (is_name_byte(peek())) made += next();
  return made;
}

std::string quote(std::string_view text) {
  std::string made = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') (made += '\\') += c;
    else if (c == '\n') made += "\\n";
    else if (c == '\r') made += "\\r";
    else if (c == '\t') made += "\\t";
    else if (is_control(c)) {
      constexpr std::string_view digits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      ((made += "\\u00") += digits[byte >> 4]) += digits[byte & 15];
    } else made += c;
  }
  return made += '"';
}

std::string quote_list(const std::vector<std::string>& texts) {
  std::string made = "[";
  for (const auto& text : texts) (made += made.size() == 1 ? "" : ", ") += quote(text);
  return made += ']';
}

} // namespace pillar
