#include "actors/ipfs/system/file_system.hpp"

#include "interfaces/error.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

namespace pillar::ipfs::engine {

int file_system::open(int directory, const char* path, int flags, mode_t mode) {
  return ::openat(directory, path, flags | O_CLOEXEC, mode);
}
int file_system::open_beneath(int directory, const char* path, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC | O_NOFOLLOW);
  how.mode = flags & O_CREAT ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  auto file = static_cast<int>(::syscall(SYS_openat2, directory, path, &how, sizeof how));
  if (file >= 0 || (errno != ENOSYS && errno != EPERM)) return file;
  return walk_beneath(directory, path, flags, mode);
}
int walk_beneath(int directory, std::string_view path, int flags, mode_t mode) {
  descriptor held;
  for (;;) {
    auto slash = path.find('/');
    std::string name(path.substr(0, slash));
    if (name.empty() || name == "..") {
      errno = EXDEV;
      return -1;
    }
    auto at = held ? held.number() : directory;
    if (slash == path.npos) return ::openat(at, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode);
    held = descriptor(::openat(at, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!held) return -1;
    path.remove_prefix(slash + 1);
  }
}
ssize_t file_system::read(int file, void* to, std::size_t size) {
  return ::read(file, to, size);
}
ssize_t file_system::pread(int file, void* to, std::size_t size, off_t offset) {
  return ::pread(file, to, size, offset);
}
ssize_t file_system::write(int file, const void* from, std::size_t size) {
  return ::write(file, from, size);
}
ssize_t file_system::pwritev(int file, const iovec* parts, int count, off_t offset) {
  return ::pwritev(file, parts, count, offset);
}
int file_system::fdatasync(int file) {
  return ::fdatasync(file);
}
int file_system::fsync(int file) {
  return ::fsync(file);
}
int file_system::ftruncate(int file, off_t size) {
  return ::ftruncate(file, size);
}
int file_system::fallocate(int file, int mode, off_t offset, off_t size) {
  return ::fallocate(file, mode, offset, size);
}
int file_system::mkdir(int directory, const char* path, mode_t mode) {
  return ::mkdirat(directory, path, mode);
}
int file_system::symlink(const char* target, int directory, const char* path) {
  return ::symlinkat(target, directory, path);
}
int file_system::rename(int from_directory, const char* from, int to_directory, const char* to, unsigned flags) {
  return ::renameat2(from_directory, from, to_directory, to, flags);
}
int file_system::unlink(int directory, const char* path, int flags) {
  return ::unlinkat(directory, path, flags);
}

file_system& system_files() {
  static file_system files;
  return files;
}

descriptor::descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
descriptor& descriptor::operator=(descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}
descriptor::~descriptor() {
  if (number_ >= 0) ::close(number_);
}

void throw_errno(std::string_view action, const std::filesystem::path& path) {
  auto f = failure_of_errno(errno, std::string(action) + " " + path.string());
  if (f.code() != errc::storage_full) throw f;
  throw failure(f.code(), f.message()
                              + ": make room on that disk; in a repository, unpin what is not needed and collect "
                                "the garbage");
}

descriptor open_file(file_system& files, int directory, const std::filesystem::path& path, int flags, mode_t mode,
                     std::string_view action) {
  descriptor file(files.open(directory, path.c_str(), flags, mode));
  if (!file) throw_errno(action, path);
  return file;
}

std::uint64_t allocated_bytes(const std::filesystem::path& path) {
  struct ::stat info{};
  if (::stat(path.c_str(), &info) != 0) return 0;
  constexpr std::uint64_t unit = 512; // of st_blocks, whatever the file system's own is
  return std::min(static_cast<std::uint64_t>(info.st_size), static_cast<std::uint64_t>(info.st_blocks) * unit);
}

void sync_directory(file_system& files, const std::filesystem::path& directory) {
  auto handle = open_file(files, AT_FDCWD, directory, O_RDONLY | O_DIRECTORY, 0, "cannot open");
  if (files.fsync(handle.number()) != 0) throw_errno("cannot sync", directory);
}

std::string read_small_file(file_system& files, const std::filesystem::path& path, std::size_t limit) {
  auto file = open_file(files, AT_FDCWD, path, O_RDONLY, 0, "cannot read");
  std::string text(limit, '\0');
  std::size_t size = 0;
  while (size < limit) {
    auto n = files.read(file.number(), text.data() + size, limit - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("cannot read", path);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  text.resize(size);
  return text;
}

void write_small_file(file_system& files, const std::filesystem::path& path, std::string_view text) {
  auto temporary = path;
  temporary += ".new";
  {
    auto file = open_file(files, AT_FDCWD, temporary, O_WRONLY | O_CREAT | O_TRUNC, 0644, "cannot create");
    while (!text.empty()) {
      auto n = files.write(file.number(), text.data(), text.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw_errno("cannot write", temporary);
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    if (files.fsync(file.number()) != 0) throw_errno("cannot sync", temporary);
  }
  if (files.rename(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), 0) != 0)
    throw_errno("cannot rename", temporary);
  sync_directory(files, path.parent_path());
}

} // namespace pillar::ipfs::engine
