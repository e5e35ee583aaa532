/// The system calls that the engine makes on files, as a seam: a test puts an object in between that fails the n-th
/// write or sync, and so sees what a full or broken disk does.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <filesystem>
#include <span>
#include <string_view>

namespace pillar::ipfs::engine {

/// Each function is the system call of its name: -1 and errno on error, short counts as the system gives them. Called
/// from several threads at once.
class file_system {
public:
  virtual ~file_system() = default;

  virtual int open(int directory, const char* path, int flags, mode_t mode);
  /// Opens a path below a directory without following any symbolic link in it, and never outside of the directory.
  /// errno is ELOOP or ENOTDIR for a link in it, EXDEV for a path that would leave.
  virtual int open_beneath(int directory, const char* path, int flags, mode_t mode);
  virtual ssize_t read(int file, void* to, std::size_t size);
  virtual ssize_t pread(int file, void* to, std::size_t size, off_t offset);
  virtual ssize_t write(int file, const void* from, std::size_t size);
  virtual ssize_t pwritev(int file, const iovec* parts, int count, off_t offset);
  virtual int fdatasync(int file);
  virtual int fsync(int file);
  virtual int ftruncate(int file, off_t size);
  virtual int fallocate(int file, int mode, off_t offset, off_t size);
  virtual int mkdir(int directory, const char* path, mode_t mode);
  virtual int symlink(const char* target, int directory, const char* path);
  virtual int rename(int from_directory, const char* from, int to_directory, const char* to, unsigned flags);
  virtual int unlink(int directory, const char* path, int flags);
};

/// The real one.
file_system& system_files();

/// What open_beneath does where the kernel or a sandbox has no openat2: one component after the other.
int walk_beneath(int directory, std::string_view path, int flags, mode_t mode);

/// An open file's number, closed with the object. Movable.
class descriptor {
public:
  descriptor() = default;
  explicit descriptor(int number) : number_(number) {}
  descriptor(descriptor&& other) noexcept;
  descriptor& operator=(descriptor&& other) noexcept;
  ~descriptor();

  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

private:
  int number_ = -1;
};

/// Opens `path`, from `directory` if it is relative. Throws what `failure_of_errno` makes of the error, beginning with
/// `action` and the path: "cannot open /data/ipfs/lock: Permission denied".
descriptor open_file(file_system& files, int directory, const std::filesystem::path& path, int flags, mode_t mode,
                     std::string_view action);

/// Bytes that a file takes on the disk: its size, but for holes. 0 when it is not there.
std::uint64_t allocated_bytes(const std::filesystem::path& path);

/// Makes names in a directory durable: files created, renamed or removed in it.
void sync_directory(file_system& files, const std::filesystem::path& directory);

/// The whole of a small file, at most `limit` bytes of it. Throws as open_file.
std::string read_small_file(file_system& files, const std::filesystem::path& path, std::size_t limit = 4096);

/// Writes a small file so that it is there whole and durably, or not at all.
void write_small_file(file_system& files, const std::filesystem::path& path, std::string_view text);

/// Throws the failure behind errno: "cannot write /data/ipfs/0001.car: No space left on device".
[[noreturn]] void throw_errno(std::string_view action, const std::filesystem::path& path);

} // namespace pillar::ipfs::engine
