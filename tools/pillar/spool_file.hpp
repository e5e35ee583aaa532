/// Standard input as a file, for requests that take a path.
#pragma once

#include "tools/pillar/file_descriptor.hpp"
#include "tools/pillar/interruption.hpp"

#include <filesystem>

namespace pillar::cli {

/// Holds everything that standard input gives, in a file without a name: nothing of it is left when the process ends,
/// however it does.
class spool_file {
public:
  /// In this directory. Throws interrupted. Errors: storage_full, read_only, io_error.
  spool_file(const std::filesystem::path& directory, const interruption& interrupt);

  /// By which this process, and none other, can open it.
  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(file_.number()); }

private:
  file_descriptor file_;
};

} // namespace pillar::cli
