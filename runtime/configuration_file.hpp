/// The configuration file's syntax, a small relative of INI and TOML:
///
///     # a comment, to the end of the line
///     [ipfs.kubo]                      # a section: the first parts of the names that follow
///     request-timeout = 30s            # a bare value: to the end of the line or to a # after a blank
///     url = "http://127.0.0.1:5001"    # in quotes: \" \\ \n \r \t \uXXXX \UXXXXXXXX
///     plugins = ["a", b,               # a list: quoted or bare items, over several lines if need be;
///                "c"]                  # a comma may follow the last item
///
/// A name is made of parts of letters, digits, `-` and `_`, joined by dots. A section may come again; a name may not.
/// The text is UTF-8, with or without a byte order mark; lines end with LF or CRLF.
#pragma once

#include "runtime/option_value.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pillar {

/// One `key = value`.
struct file_entry {
  std::string name; ///< with its section
  written_value value;
  std::size_t line; ///< where the name stands, from 1
};

/// The entries in their order. Throws a failure, bad_request: `FILE:LINE: what was wrong: what to write`.
std::vector<file_entry> parse_configuration(std::string_view text, const std::string& file);

/// The same for a file. Errors: not_found, read_only (no permission), io_error, too_large (over 1 MiB).
std::vector<file_entry> read_configuration(const std::filesystem::path& file);

} // namespace pillar
