/// A disk under SQLite that counts, fails when told to, and knows what would be left after a power cut.
#pragma once

#include "interfaces/interface.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace pillar::test {

/// A file layer of SQLite (a "VFS") over the platform's. Files that were opened through it must be closed before it
/// ends. Not thread-safe.
class faulty_disk {
public:
  faulty_disk();
  faulty_disk(const faulty_disk&) = delete;
  faulty_disk& operator=(const faulty_disk&) = delete;
  ~faulty_disk();

  /// What sqlite_options::vfs takes.
  const std::string& name() const noexcept { return name_; }

  /// How often was written and synchronised so far.
  std::uint64_t writes() const noexcept { return writes_; }
  std::uint64_t syncs() const noexcept { return syncs_; }

  /// Lets the n-th write (1: the next one) and all later ones answer an SQLite code, until repair().
  void fail_writes(std::uint64_t from_nth, int code);
  /// Lets only the n-th write, synchronisation or read fail.
  void fail_one_write(std::uint64_t nth, int code);
  void fail_one_sync(std::uint64_t nth, int code);
  void fail_one_read(std::uint64_t nth, int code);
  /// Takes all faults back.
  void repair();

  /// Whether files can be opened for reading only from now on.
  void make_read_only() { read_only_ = true; }

  /// Writes what is on the disk for certain into another directory: of each file, the content at its last
  /// synchronisation.
  void after_power_cut(const std::filesystem::path& into) const;

  // For the file layer: each answers an SQLite code that is to be returned instead of doing it; 0: do it.
  int on_open(const std::string& file, int& flags);
  int on_write();
  int on_read();
  int on_sync();
  void synced(const std::string& file);
  void removed(const std::string& file) { durable_.erase(file); }

private:
  struct fault {
    std::uint64_t first, last;
    int code;
  };
  static int check(std::uint64_t count, const std::optional<fault>& armed);

  std::string name_;
  std::unique_ptr<struct file_layer> layer_;
  std::uint64_t writes_ = 0, syncs_ = 0, reads_ = 0;
  std::optional<fault> write_fault_, sync_fault_, read_fault_;
  bool read_only_ = false;
  std::map<std::string, bytes> durable_;
};

} // namespace pillar::test
