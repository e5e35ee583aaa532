/// Tables, sizes and times for people, in the columns of a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace demo {

/// The columns that printable UTF-8 text takes on a terminal: 2 for wide characters, 0 for combining ones. Needs a
/// UTF-8 LC_CTYPE; without one every character counts as 1.
std::size_t columns_of(std::string_view text);

/// The text in at most `columns` (5 or more): when it is longer, "..." stands for its middle.
std::string shortened(std::string_view text, std::size_t columns);

/// "812 B", "4.1 KiB", "1.0 GiB".
std::string size_text(std::uint64_t bytes);

/// "2026-01-31 07:05:09", UTC.
std::string time_text(std::chrono::seconds since_1970);

struct column {
  std::string title;
  std::size_t narrowest = 0; ///< it may be shortened down to this; 0: never
  bool right = false;        ///< aligned to the right
};

/// A title line and a line for each row, `indent` spaces before each. Where the lines would be longer than `width`,
/// columns that may be are shortened, from the first on.
std::string table(const std::vector<column>& columns, const std::vector<std::vector<std::string>>& rows,
                  std::size_t width, std::size_t indent = 0);

} // namespace demo
