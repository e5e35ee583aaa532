/// A file that gets its name when it is whole.
#pragma once

#include "tools/pillar/output.hpp"

#include <filesystem>
#include <string>

namespace pillar::cli {

/// Written, then kept: before that there is nothing under its name, and nothing is left of it when it is not kept
/// (where the file system has no nameless files, a killed process may leave a beginning). Nothing is overwritten.
/// Errors: already_exists, not_found (no such directory), read_only, storage_full, io_error.
class new_file {
public:
  explicit new_file(std::filesystem::path path);
  new_file(const new_file&) = delete;
  new_file& operator=(const new_file&) = delete;
  ~new_file();

  output& out() { return out_; }
  void keep(); ///< flushes it, makes it durable and names it

private:
  [[noreturn]] void refuse(int number) const;

  std::filesystem::path path_;
  bool named_ = false; ///< it has its name already
  bool kept_ = false;
  int file_ = -1;
  output out_;
};

} // namespace pillar::cli
