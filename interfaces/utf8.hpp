/// The few operations on UTF-8 that JSON, configuration files, logs and terminals need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pillar {

/// Whether a number is a Unicode scalar value: not a surrogate, not above U+10FFFF.
constexpr bool is_scalar(std::uint32_t code) noexcept {
  return code < 0xd800 || (code > 0xdfff && code < 0x110000);
}

/// A character and the bytes it takes.
struct utf8_character {
  std::uint32_t code;
  std::size_t bytes;
};

/// The first character of a text; nothing when it does not begin with a well-formed one (RFC 3629: no overlong forms,
/// no surrogates).
std::optional<utf8_character> first_character(std::string_view text) noexcept;

/// C0 and C1 control characters, the line and paragraph separators, and the marks that turn the direction of writing:
/// with any of them a text could look like something else on a terminal.
bool is_steering(std::uint32_t code) noexcept;

/// Appends a scalar value.
void append_utf8(std::string& to, std::uint32_t code);

} // namespace pillar
