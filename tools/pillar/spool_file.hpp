/// Standard input as a file, for requests that take a path.
#pragma once

#include "tools/pillar/file_descriptor.hpp"
#include "tools/pillar/interruption.hpp"

#include <filesystem>
#include <string>

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

/// The same under a name of one's own, in a new directory, for requests that store the name. Both are removed with the
/// object; a process that is killed leaves them.
class named_spool {
public:
  /// Throws and errors as spool_file.
  named_spool(const std::filesystem::path& directory, const std::string& name, const interruption& interrupt);
  named_spool(const named_spool&) = delete;
  named_spool& operator=(const named_spool&) = delete;
  ~named_spool();

  const std::filesystem::path& path() const { return path_; }

private:
  void remove() noexcept;

  std::filesystem::path path_;
};

} // namespace pillar::cli
