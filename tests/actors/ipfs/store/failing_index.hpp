/// A disk that fails under SQLite, where `failing_files` does not reach.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <functional>
#include <map>
#include <utility>

namespace pillar::test {

/// While it lives, databases that are opened write through it, and every write can be made to fail. One at a time.
class failing_index {
public:
  failing_index() {
    real_ = sqlite3_vfs_find(nullptr);
    vfs_ = *real_;
    vfs_.zName = "pillar-test";
    vfs_.xOpen = open;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~failing_index() {
    error_ = SQLITE_OK;
    is_full_ = {};
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(real_, 1);
  }
  failing_index(const failing_index&) = delete;
  failing_index& operator=(const failing_index&) = delete;

  /// From now on writes and syncs end with this code: SQLITE_FULL, SQLITE_IOERR_WRITE; SQLITE_OK heals.
  void fail_with(int code) { error_ = code; }

  /// Writes end with SQLITE_FULL as long as this says so. To be set while nothing else runs.
  void be_full_while(std::function<bool()> is_full) { is_full_ = std::move(is_full); }

private:
  struct wrapped_methods : sqlite3_io_methods {
    const sqlite3_io_methods* real = nullptr;
  };

  static const sqlite3_io_methods& real_of(sqlite3_file* file) {
    return *static_cast<const wrapped_methods*>(file->pMethods)->real;
  }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
    auto code = real_->xOpen(real_, name, file, flags, out);
    if (code != SQLITE_OK || !file->pMethods) return code;
    auto& methods = methods_[file->pMethods]; // databases and journals have different ones
    static_cast<sqlite3_io_methods&>(methods) = *(methods.real = file->pMethods);
    methods.xWrite = [](sqlite3_file* f, const void* data, int size, sqlite3_int64 offset) {
      auto error = is_full_ && is_full_() ? SQLITE_FULL : error_.load();
      if (error != SQLITE_OK) errno = ENOENT; // of some call before: SQLite asks for it
      return error != SQLITE_OK ? error : real_of(f).xWrite(f, data, size, offset);
    };
    // No test cuts the power, so a sync that succeeds need not be one.
    methods.xSync = [](sqlite3_file*, int) { return error_.load(); };
    file->pMethods = &methods;
    return code;
  }

  static inline sqlite3_vfs* real_ = nullptr;
  static inline sqlite3_vfs vfs_{};
  static inline std::map<const sqlite3_io_methods*, wrapped_methods> methods_;
  static inline std::atomic<int> error_ = SQLITE_OK;
  static inline std::function<bool()> is_full_;
};

} // namespace pillar::test
