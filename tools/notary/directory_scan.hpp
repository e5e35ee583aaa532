/// One look at a directory tree: which regular files are in it, in which state, and what was passed over. Reads no file
/// and follows no symbolic link.
#pragma once

#include "tools/notary/ledger.hpp"

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace demo {

struct found_file {
  std::string name; ///< its path below the directory
  ledger::stamp stamp;
};

struct directory_scan {
  std::vector<found_file> files; ///< in the order of their names
  ledger::left_out left_out;
  std::vector<ledger::trouble> troubles; ///< directories that cannot be listed, entries that cannot be examined
};

/// Looks at everything below `directory`. Hidden names, directories that hold a CACHEDIR.TAG (bford.info/cachedir),
/// those on another file system, and `own_data` are left out. What vanishes meanwhile is not there. Blocks; ends early,
/// with what it has, when a stop is requested. Throws failure when the directory itself cannot be listed.
directory_scan scan_directory(const std::filesystem::path& directory, const std::filesystem::path& own_data = {},
                              const std::stop_token& stop = {});

/// What fstat said of a file.
ledger::stamp stamp_of(const struct stat& s);

/// The state of a regular file; none when there is no such file, or no regular one. Throws failure (read_only,
/// io_error).
std::optional<ledger::stamp> stamp_of(const std::filesystem::path& file);

} // namespace demo
