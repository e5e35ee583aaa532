#include "tools/pillar/spool_file.hpp"

#include "interfaces/error.hpp"
#include "tools/pillar/input.hpp"
#include "tools/pillar/output.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <vector>

namespace pillar::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_size = 256 * 1024;

int open_nameless(const fs::path& directory) {
  const auto file = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return file;
  auto name = (directory / "input-XXXXXX").string(); // for file systems that give every file a name
  const auto named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

/// Writes everything that standard input gives into a new file in the directory.
void fill(const file_descriptor& to, const fs::path& directory, const interruption& interrupt) {
  if (to.number() < 0) throw failure_of_errno(errno, "cannot create a file in " + directory.string());
  output file(to.number(), "a file in " + directory.string());
  std::vector<std::byte> piece(piece_size);
  for (;;) {
    while (!interrupt.wait_for(STDIN_FILENO, -1)) {
    }
    const auto size = read_what_is_there(STDIN_FILENO, piece, "standard input");
    if (size == 0) break;
    file.write(std::span(piece).first(size));
  }
  file.flush();
}

fs::path new_directory(const fs::path& in) {
  auto name = (in / "input-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw failure_of_errno(errno, "cannot create a directory in " + in.string());
  return name;
}

} // namespace

spool_file::spool_file(const fs::path& directory, const interruption& interrupt) : file_(open_nameless(directory)) {
  fill(file_, directory, interrupt);
}

named_spool::named_spool(const fs::path& directory, const std::string& name, const interruption& interrupt)
    : path_(new_directory(directory) / name) {
  try {
    const file_descriptor file(::open(path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
    fill(file, path_.parent_path(), interrupt);
  } catch (...) {
    remove();
    throw;
  }
}

named_spool::~named_spool() {
  remove();
}

void named_spool::remove() noexcept {
  std::error_code ignored; // what cannot be removed has a name that says what it is
  fs::remove_all(path_.parent_path(), ignored);
}

} // namespace pillar::cli
