/// Writing tar archives.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace pillar::ipfs::engine {

struct tar_entry {
  enum class type : char { file = '0', symlink = '2', directory = '5' };

  type what = type::file;
  std::string path;     ///< "a/b", of any bytes but NUL
  std::uint32_t mode;   ///< 0 to 07777
  std::int64_t seconds; ///< since 1970
  std::uint32_t nanoseconds = 0;
  std::uint64_t size = 0;  ///< bytes of a file
  std::string target = {}; ///< of a symbolic link
};

/// Writes an archive in the pax form (POSIX.1-2001, pax; a ustar archive where that can say everything). Entries belong
/// to user and group 0, without names.
class tar_writer {
public:
  using sink = std::function<void(bytes_view)>;

  /// `to` gets pieces of at most 1 MiB; what it throws is passed on.
  explicit tar_writer(sink to) : to_(std::move(to)) {}

  /// Begins an entry; of a file, exactly as many bytes of content as it says must follow.
  void begin(const tar_entry& entry);
  void content(bytes_view data);
  /// Ends the archive.
  void finish();

private:
  void put(bytes_view data);
  void put_header(const tar_entry& entry, char type);
  void pad();
  void flush();

  sink to_;
  bytes piece_;
  std::uint64_t written_ = 0;
};

} // namespace pillar::ipfs::engine
