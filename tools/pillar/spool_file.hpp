/// Standard input as a file, for requests that take a path.
#pragma once

#include <filesystem>

namespace pillar::cli {

/// Holds everything that standard input gives, in the directory `spool` of the data directory, readable by its owner
/// only. It is removed at the end, also when Ctrl-C is that end; what a killed process left behind is removed by the
/// next one, so the caller must hold the data directory's lock. One at a time in a process.
class spool_file {
public:
  /// Errors: storage_full, read_only, io_error.
  explicit spool_file(const std::filesystem::path& data);
  spool_file(const spool_file&) = delete;
  spool_file& operator=(const spool_file&) = delete;
  ~spool_file();

  const std::filesystem::path& path() const { return path_; }

private:
  void remove();

  std::filesystem::path path_;
};

} // namespace pillar::cli
