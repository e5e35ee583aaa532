/// A disk that fails when a test says so.
#pragma once

#include "actors/ipfs/system/file_system.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <limits>
#include <map>
#include <mutex>

namespace pillar::test {

/// System calls that can be made to fail, and are counted.
enum class call { open, read, pread, write, pwritev, fdatasync, fsync, ftruncate, fallocate, mkdir, rename, unlink };

class failing_files : public ipfs::engine::file_system {
public:
  /// Called in every fdatasync before it takes effect; to be set while nothing else runs.
  std::function<void()> during_sync;

  /// The nth call from now on (1: the next) fails with `error`, and with `ever_after` all that follow.
  void fail(call c, int nth, int error, bool ever_after = false) {
    std::lock_guard lock(mutex_);
    plans_[c] = {counts_[c] + nth, error, ever_after};
  }

  /// From now on the disk takes so many bytes more; then writes are cut short, and then fail with ENOSPC. What is cut
  /// off, punched out or removed makes room again.
  void set_space(std::size_t left) {
    std::lock_guard lock(mutex_);
    space_ = left;
  }

  void heal() {
    std::lock_guard lock(mutex_);
    plans_.clear();
    space_ = std::numeric_limits<std::size_t>::max();
  }

  int count(call c) {
    std::lock_guard lock(mutex_);
    return counts_[c];
  }

  int open(int directory, const char* path, int flags, mode_t mode) override {
    return fails(call::open) ? -1 : file_system::open(directory, path, flags, mode);
  }
  ssize_t read(int file, void* to, std::size_t size) override {
    return fails(call::read) ? -1 : file_system::read(file, to, size);
  }
  ssize_t pread(int file, void* to, std::size_t size, off_t offset) override {
    return fails(call::pread) ? -1 : file_system::pread(file, to, size, offset);
  }
  ssize_t write(int file, const void* from, std::size_t size) override {
    if (fails(call::write)) return -1;
    size = take_space(size);
    return size == 0 ? -1 : file_system::write(file, from, size);
  }
  ssize_t pwritev(int file, const iovec* parts, int count, off_t offset) override {
    if (fails(call::pwritev)) return -1;
    for (; count > 0 && parts->iov_len == 0; --count) ++parts;
    auto size = take_space(parts->iov_len);
    if (size == 0) return -1;
    auto part = *parts;
    part.iov_len = size; // one part at a time: short writes are the rule here
    return file_system::pwritev(file, &part, 1, offset);
  }
  // No test cuts the power, so a sync that succeeds need not be one.
  int fdatasync(int) override {
    if (during_sync) during_sync();
    return fails(call::fdatasync) ? -1 : 0;
  }
  int fsync(int) override { return fails(call::fsync) ? -1 : 0; }
  int ftruncate(int file, off_t size) override {
    if (fails(call::ftruncate)) return -1;
    struct ::stat before{};
    auto known = ::fstat(file, &before) == 0;
    auto result = file_system::ftruncate(file, size);
    if (result == 0 && known && before.st_size > size) give_space(static_cast<std::size_t>(before.st_size - size));
    return result;
  }
  int fallocate(int file, int mode, off_t offset, off_t size) override {
    if (fails(call::fallocate)) return -1;
    if (mode == 0 && !take_all_space(static_cast<std::size_t>(size))) return -1;
    auto result = file_system::fallocate(file, mode, offset, size);
    if (result == 0 && mode != 0) give_space(static_cast<std::size_t>(size));
    return result;
  }
  int mkdir(int directory, const char* path, mode_t mode) override {
    return fails(call::mkdir) ? -1 : file_system::mkdir(directory, path, mode);
  }
  int rename(int from_directory, const char* from, int to_directory, const char* to, unsigned flags) override {
    return fails(call::rename) ? -1 : file_system::rename(from_directory, from, to_directory, to, flags);
  }

  int unlink(int directory, const char* path, int flags) override {
    if (fails(call::unlink)) return -1;
    auto size = ipfs::engine::allocated_bytes(path);
    auto result = file_system::unlink(directory, path, flags);
    if (result == 0) give_space(size);
    return result;
  }

private:
  struct plan {
    int at = 0;
    int error = 0;
    bool ever_after = false;
  };

  bool fails(call c) {
    std::lock_guard lock(mutex_);
    auto count = ++counts_[c];
    auto planned = plans_.find(c);
    if (planned == plans_.end() || count < planned->second.at) return false;
    if (count > planned->second.at && !planned->second.ever_after) return false;
    errno = planned->second.error;
    return true;
  }

  std::size_t take_space(std::size_t wanted) {
    std::lock_guard lock(mutex_);
    auto taken = std::min(wanted, space_);
    if (space_ != std::numeric_limits<std::size_t>::max()) space_ -= taken;
    if (taken == 0) errno = ENOSPC;
    return taken;
  }

  bool take_all_space(std::size_t wanted) {
    std::lock_guard lock(mutex_);
    if (wanted > space_) {
      errno = ENOSPC;
      return false;
    }
    if (space_ != std::numeric_limits<std::size_t>::max()) space_ -= wanted;
    return true;
  }

  void give_space(std::size_t size) {
    std::lock_guard lock(mutex_);
    if (space_ != std::numeric_limits<std::size_t>::max()) space_ += size;
  }

  std::mutex mutex_;
  std::map<call, int> counts_;
  std::map<call, plan> plans_;
  std::size_t space_ = std::numeric_limits<std::size_t>::max();
};

} // namespace pillar::test
