/// Names and messages as a terminal may show them.
#pragma once

#include <string>
#include <string_view>

namespace pillar::cli {

/// The text with control characters, marks that turn the direction of writing and bytes that are no UTF-8 escaped
/// (`\n`, `\x1b`, `\u202e`): whatever a file is called, it stays one line and steers no terminal.
std::string printable(std::string_view text);

} // namespace pillar::cli
