#include "actors/durable_file.hpp"

#include "interfaces/error.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pillar {

namespace {

[[noreturn]] void fail(std::string_view action, const std::filesystem::path& path) {
  throw failure_of_errno(errno, std::string(action) + " " + path.string());
}

class descriptor {
public:
  explicit descriptor(int number) : number_(number) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const noexcept { return number_; }
  /// Some file systems report a failed write only here.
  int close() noexcept { return ::close(std::exchange(number_, -1)); }

private:
  int number_;
};

std::filesystem::path directory_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

/// A name's presence is durable only when its directory is.
void sync_directory(const std::filesystem::path& directory) {
  descriptor handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.get() < 0) fail("cannot open", directory);
  // EINVAL: a file system whose directories cannot be synchronised, which leaves nothing to do.
  if (::fsync(handle.get()) != 0 && errno != EINVAL) fail("cannot synchronise", directory);
}

void write_all(int handle, std::span<const std::byte> content, const std::filesystem::path& file) {
  while (!content.empty()) {
    auto n = ::write(handle, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("cannot write", file);
    content = content.subspan(static_cast<std::size_t>(n));
  }
}

/// The name is taken only if it is free. Network file systems know no such rename: there, look first.
int rename_to_free_name(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  struct stat found{};
  if (::lstat(to.c_str(), &found) == 0) return errno = EEXIST, -1;
  return ::rename(from.c_str(), to.c_str());
}

} // namespace

void make_private_directories(const std::filesystem::path& directory) {
  std::error_code unreadable; // mkdir says it better
  if (directory.empty() || std::filesystem::is_directory(directory, unreadable)) return;
  make_private_directories(directory.parent_path());
  if (::mkdir(directory.c_str(), 0700) == 0) {
    sync_directory(directory_of(directory));
  } else if (errno != EEXIST || !std::filesystem::is_directory(directory, unreadable)) {
    fail("cannot create directory", directory);
  }
}

void write_new_file(const std::filesystem::path& file, std::span<const std::byte> content) {
  auto draft = (directory_of(file) / ("." + file.filename().string() + ".XXXXXX")).string();
  descriptor handle(::mkostemp(draft.data(), O_CLOEXEC)); // new, exclusive, 0600
  if (handle.get() < 0) fail("cannot create", file);
  try {
    write_all(handle.get(), content, file);
    if (::fsync(handle.get()) != 0 || handle.close() != 0) fail("cannot write", file);
    if (rename_to_free_name(draft, file) != 0) {
      if (errno == EEXIST) throw failure(errc::already_exists, file.string() + " exists already");
      fail("cannot create", file);
    }
  } catch (...) {
    ::unlink(draft.c_str());
    throw;
  }
  sync_directory(directory_of(file));
}

} // namespace pillar
