/// Segments: the files that hold a store's blocks, as CARv1 archives that are only ever appended to.
#pragma once

#include "actors/ipfs/format/car.hpp"
#include "actors/ipfs/store/block_index.hpp"
#include "actors/ipfs/system/file_system.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace pillar::ipfs::engine {

/// One open segment.
class segment_file {
public:
  segment_file(file_system& files, std::filesystem::path path, std::uint32_t number, descriptor file)
      : files_(files), path_(std::move(path)), number_(number), file_(std::move(file)) {}

  std::uint32_t number() const { return number_; }
  const std::filesystem::path& path() const { return path_; }
  std::uint64_t size() const;

  /// As many bytes as the file has there, up to what `to` takes. Any thread. Throws io_error.
  std::size_t read(std::span<std::byte> to, std::uint64_t offset) const;

  /// Writes all of the parts at an offset. Throws storage_full, io_error; then a part of them may be there.
  void write(std::span<iovec> parts, std::uint64_t offset);

  void truncate(std::uint64_t size); ///< throws io_error

  /// Gives the room of a block that nobody will read again back to the disk; its bytes become zeros. Returns how many
  /// bytes that are: 0 when the disk cannot. Throws io_error.
  std::uint64_t punch(const block_location& where);

  void sync(); ///< throws storage_full, io_error; then it is unknown what is on the disk

private:
  file_system& files_;
  std::filesystem::path path_;
  std::uint32_t number_;
  descriptor file_;
};

/// The part of a block that `segment_file::punch` takes: whole pages. Empty where it is not worth it.
struct hole {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};
hole hole_of(const block_location& where);

/// Whether a block looks as if it was punched.
bool is_punched(const block_location& where, bytes_view block);

/// The segments of a directory: "0001.car", "0002.car" and so on. Opens those that are read, and keeps a number of them
/// open. Any thread.
class segment_directory {
public:
  segment_directory(file_system& files, std::filesystem::path directory)
      : files_(files), directory_(std::move(directory)) {}

  std::vector<std::uint32_t> numbers() const; ///< ascending

  std::shared_ptr<segment_file> open(std::uint32_t number);               ///< for reading
  std::shared_ptr<segment_file> open_for_appending(std::uint32_t number); ///< throws read_only, io_error
  std::shared_ptr<segment_file> create(std::uint32_t number); ///< with its header; durable are neither name nor header
  void sync_names() { sync_directory(files_, directory_); }

  /// Removes a segment's file, if it is there; who has it open may go on reading. Returns how many bytes it had. Throws
  /// read_only, io_error. The removal is not durable.
  std::uint64_t remove(std::uint32_t number);

  std::filesystem::path path_of(std::uint32_t number) const;
  std::uint64_t
  bytes_of(std::uint32_t number) const; ///< that the file takes on the disk: without its holes; 0 without one

private:
  file_system& files_;
  std::filesystem::path directory_;
  std::mutex mutex_;
  std::map<std::uint32_t, std::shared_ptr<segment_file>> open_;
};

/// What a scan found at a segment's end.
enum class segment_end {
  clean,      ///< a section's
  torn,       ///< the beginning of a section that a crash cut off, or zeros that it left
  unreadable, ///< bytes that are no section, such as damaged ones: what follows them cannot be found
};

struct scanned_segment {
  segment_end end = segment_end::clean;
  std::uint64_t readable = 0; ///< bytes from the beginning, up to the end of the last whole section
};

/// Reads the sections of a segment from byte `from` on and gives each to `found`: its CID, where its block lies, the
/// block, and whether that verifies. Throws io_error and what `found` throws.
scanned_segment scan_segment(
    const segment_file& segment, std::uint64_t from,
    const std::function<void(const content_id& id, block_location where, bytes_view block, bool sound)>& found);

} // namespace pillar::ipfs::engine
