#include "tests/actors/db/faulty_disk.hpp"

#include <fstream>
#include <limits>
#include <new>

#include <sqlite3.h>

namespace pillar::test {

struct file_layer {
  sqlite3_vfs vfs{};
};

namespace {

/// What SQLite holds per file: ours first, and behind it the platform's.
struct faulty_file {
  sqlite3_file base{};
  faulty_disk* disk = nullptr;
  std::string* name = nullptr;

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

faulty_file& ours(sqlite3_file* file) {
  return *reinterpret_cast<faulty_file*>(file);
}

sqlite3_file* real(sqlite3_file* file) {
  return ours(file).real();
}

faulty_disk& disk_of(sqlite3_vfs* vfs) {
  return *static_cast<faulty_disk*>(vfs->pAppData);
}

sqlite3_vfs* platform() {
  return sqlite3_vfs_find(nullptr);
}

int close_file(sqlite3_file* file) {
  auto code = real(file)->pMethods->xClose(real(file));
  delete ours(file).name;
  return code;
}

int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  if (auto code = ours(file).disk->on_read()) return code;
  return real(file)->pMethods->xRead(real(file), to, size, offset);
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  if (auto code = ours(file).disk->on_write()) return code;
  return real(file)->pMethods->xWrite(real(file), from, size, offset);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return real(file)->pMethods->xTruncate(real(file), size);
}

int sync_file(sqlite3_file* file, int flags) {
  auto& self = ours(file);
  if (auto code = self.disk->on_sync()) return code;
  auto code = self.real()->pMethods->xSync(self.real(), flags);
  if (code == SQLITE_OK) self.disk->synced(*self.name);
  return code;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}

int lock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}

int unlock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}

int check_reserved(sqlite3_file* file, int* reserved) {
  return real(file)->pMethods->xCheckReservedLock(real(file), reserved);
}

int control_file(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}

int sector_size(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}

int characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

// Version 1 has no shared memory, which a database that is locked for one process does not need.
const sqlite3_io_methods methods{.iVersion = 1,
                                 .xClose = close_file,
                                 .xRead = read_file,
                                 .xWrite = write_file,
                                 .xTruncate = truncate_file,
                                 .xSync = sync_file,
                                 .xFileSize = size_of_file,
                                 .xLock = lock_file,
                                 .xUnlock = unlock_file,
                                 .xCheckReservedLock = check_reserved,
                                 .xFileControl = control_file,
                                 .xSectorSize = sector_size,
                                 .xDeviceCharacteristics = characteristics,
                                 .xShmMap = nullptr,
                                 .xShmLock = nullptr,
                                 .xShmBarrier = nullptr,
                                 .xShmUnmap = nullptr,
                                 .xFetch = nullptr,
                                 .xUnfetch = nullptr};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto& self = *new (file) faulty_file{};
  if (auto code = disk_of(vfs).on_open(name ? name : "", flags)) return code;
  auto code = platform()->xOpen(platform(), name, self.real(), flags, out_flags);
  if (code != SQLITE_OK) return code;
  self.base.pMethods = &methods;
  self.disk = &disk_of(vfs);
  self.name = new std::string(name ? name : "");
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  auto code = platform()->xDelete(platform(), name, sync_directory);
  if (code == SQLITE_OK) disk_of(vfs).removed(name);
  return code;
}

bytes content_of(const std::filesystem::path& file) {
  bytes content(std::filesystem::file_size(file));
  std::ifstream in(file, std::ios::binary);
  in.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(content.size()));
  return content;
}

} // namespace

faulty_disk::faulty_disk() : layer_(std::make_unique<file_layer>()) {
  static int counter = 0;
  name_ = "faulty-disk-" + std::to_string(++counter);
  auto& vfs = layer_->vfs = *platform(); // paths, time and randomness stay the platform's
  vfs.szOsFile = static_cast<int>(sizeof(faulty_file)) + platform()->szOsFile;
  vfs.zName = name_.c_str();
  vfs.pNext = nullptr;
  vfs.pAppData = this;
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  sqlite3_vfs_register(&vfs, 0);
}

faulty_disk::~faulty_disk() {
  sqlite3_vfs_unregister(&layer_->vfs);
}

void faulty_disk::fail_writes(std::uint64_t from_nth, int code) {
  write_fault_ = {writes_ + from_nth, std::numeric_limits<std::uint64_t>::max(), code};
}

void faulty_disk::fail_one_write(std::uint64_t nth, int code) {
  write_fault_ = {writes_ + nth, writes_ + nth, code};
}

void faulty_disk::fail_one_sync(std::uint64_t nth, int code) {
  sync_fault_ = {syncs_ + nth, syncs_ + nth, code};
}

void faulty_disk::fail_one_read(std::uint64_t nth, int code) {
  read_fault_ = {reads_ + nth, reads_ + nth, code};
}

void faulty_disk::repair() {
  write_fault_ = sync_fault_ = read_fault_ = {};
}

int faulty_disk::check(std::uint64_t count, const std::optional<fault>& armed) {
  return armed && armed->first <= count && count <= armed->last ? armed->code : SQLITE_OK;
}

int faulty_disk::on_open(const std::string& file, int& flags) {
  if (read_only_) flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
  // What is there already was made durable by whoever made it.
  if (!durable_.contains(file) && std::filesystem::exists(file)) synced(file);
  return SQLITE_OK;
}

int faulty_disk::on_write() {
  return check(++writes_, write_fault_);
}

int faulty_disk::on_read() {
  return check(++reads_, read_fault_);
}

int faulty_disk::on_sync() {
  return check(++syncs_, sync_fault_);
}

void faulty_disk::synced(const std::string& file) {
  durable_[file] = content_of(file);
}

void faulty_disk::after_power_cut(const std::filesystem::path& into) const {
  for (auto& [file, content] : durable_) {
    std::ofstream out(into / std::filesystem::path(file).filename(), std::ios::binary);
    out.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  }
}

} // namespace pillar::test
