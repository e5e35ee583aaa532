#include "runtime/data_directory.hpp"

#include "interfaces/error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pillar {

namespace {

std::string read_holder(int file) {
  char text[256];
  auto size = ::pread(file, text, sizeof text, 0);
  std::string holder(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  return holder.empty() ? "another node" : holder;
}

} // namespace

data_directory::data_directory(std::filesystem::path where, const std::string& holder) : path_(std::move(where)) {
  auto shown = path_.string();
  std::error_code failed;
  bool made = std::filesystem::create_directories(path_, failed);
  if (failed) throw failure_of_errno(failed.value(), "cannot create the data directory " + shown);
  if (made) ::chmod(path_.c_str(), S_IRWXU);
  lock_ = ::open((path_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (lock_ < 0) throw failure_of_errno(errno, "cannot open " + (path_ / "lock").string());
  // flock belongs to the open file, so that two nodes of one process exclude each other as well.
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    auto number = errno;
    auto by = read_holder(lock_);
    ::close(lock_);
    if (number != EWOULDBLOCK) throw failure_of_errno(number, "cannot lock the data directory " + shown);
    throw failure(errc::in_use, "the data directory " + shown + " is in use by " + by
                                    + ": stop that node, or give this one another directory (node.data)");
  }
  auto text = "process " + std::to_string(::getpid()) + ", node " + holder + "\n";
  if (::ftruncate(lock_, 0) != 0 || ::pwrite(lock_, text.data(), text.size(), 0) < 0) {
    // Only the name in another's message is lost: a full disk is no reason not to start and serve what is there.
  }
}

data_directory::~data_directory() {
  ::close(lock_);
}

} // namespace pillar
