#include "tools/pillar/new_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace pillar::cli {

namespace {

constexpr mode_t usual_mode = 0666; // less the process's umask

int open_nameless(const std::filesystem::path& path) {
  const auto directory = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  return ::open(directory.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, usual_mode);
}

} // namespace

new_file::new_file(std::filesystem::path path) : path_(std::move(path)), out_(-1, path_.string()) {
  struct ::stat found{};
  if (::lstat(path_.c_str(), &found) == 0) refuse(EEXIST); // before the work is done
  file_ = open_nameless(path_);
  if (file_ < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
    file_ = ::open(path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, usual_mode);
    named_ = file_ >= 0;
  }
  if (file_ < 0) refuse(errno);
  out_ = output(file_, path_.string());
}

new_file::~new_file() {
  if (named_ && !kept_) ::unlink(path_.c_str());
  ::close(file_);
}

void new_file::keep() {
  out_.flush();
  if (::fsync(file_) != 0) throw failure_of_errno(errno, "cannot write " + path_.string());
  const auto own = "/proc/self/fd/" + std::to_string(file_);
  if (!named_ && ::linkat(AT_FDCWD, own.c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW) != 0) refuse(errno);
  kept_ = true;
}

void new_file::refuse(int number) const {
  if (number == EEXIST)
    throw failure(errc::already_exists, path_.string() + " exists: remove it, or choose another name");
  throw failure_of_errno(number, "cannot create " + path_.string());
}

} // namespace pillar::cli
