/// What must be known about text before it becomes a key, or part of a message.
#pragma once

#include <string>
#include <string_view>

namespace pillar::db {

/// Whether the bytes are well-formed UTF-8 (Unicode 15, table 3-7: no overlong forms, no surrogates, at most U+10FFFF).
bool is_utf8(std::string_view text) noexcept;

/// Whether UTF-8 text contains a control character: U+0000 to U+001F or U+007F to U+009F.
bool has_control_character(std::string_view text) noexcept;

/// Text in double quotes for a message: control characters and bytes that are no UTF-8 are written as \xNN, and long
/// text is cut.
std::string in_quotes(std::string_view text);

} // namespace pillar::db
