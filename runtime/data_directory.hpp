/// A node's own directory: private to its user, and held by one node at a time.
#pragma once

#include <filesystem>
#include <string>

namespace pillar {

/// Holds the lock while it lives. The kernel frees it when the process ends, however it ends.
class data_directory {
public:
  /// Creates the directory (0700) when it is missing, and locks it. Throws failure: in_use, naming the holder's process
  /// and node; read_only, storage_full, io_error.
  data_directory(std::filesystem::path where, const std::string& holder);
  data_directory(const data_directory&) = delete;
  data_directory& operator=(const data_directory&) = delete;
  ~data_directory();

  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
  int lock_ = -1;
};

} // namespace pillar
