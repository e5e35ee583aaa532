/// A directory for a benchmark's data, removed with everything in it.
#pragma once

#include "interfaces/error.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace pillar::bench {

class scratch_directory {
public:
  /// `name` is part of the directory's own, which lies in `below`: by default where the system has temporary files.
  explicit scratch_directory(const std::string& name,
                             const std::filesystem::path& below = std::filesystem::temp_directory_path()) {
    auto pattern = (below / (name + "-XXXXXX")).string();
    if (!::mkdtemp(pattern.data()))
      throw failure_of_errno(errno, "cannot make a directory for the data in \"" + below.string() + '"');
    path_ = pattern;
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::filesystem::path& below) const { return path_ / below; }

private:
  std::filesystem::path path_;
};

} // namespace pillar::bench
