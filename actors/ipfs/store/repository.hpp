/// The directory that a block store lives in: its lock, its identity, and the places of its parts.
#pragma once

#include "actors/ipfs/system/file_system.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace pillar::ipfs::engine {

/// Holds a directory for one store: no other one, in this process or another, opens it meanwhile.
///
///     repository    what this is, its version, and the store's identity
///     lock          held by the process whose number is in it
///     segments/     0001.car, 0002.car...: all blocks, the changes of pins, and what was removed
///     index.sqlite  where to find what; made again from the segments when it is lost
///     ballast       nothing but room, for the day on which the disk is full
class repository {
public:
  static constexpr unsigned version = 1; ///< of the format, as the file `repository` names it

  /// Opens the repository in a directory, or makes one where there is none or nothing. One that cannot be written is
  /// opened for reading. Throws in_use, unsupported (of a newer version), bad_request (something else is in there),
  /// damaged (the file `repository` cannot be read), read_only and storage_full (it would have to be made).
  repository(file_system& files, const std::filesystem::path& directory);

  const std::filesystem::path& directory() const { return directory_; }
  std::filesystem::path segments() const { return directory_ / "segments"; }
  std::filesystem::path index() const { return directory_ / "index.sqlite"; }
  std::filesystem::path index_damage() const { return directory_ / "index.damaged"; } ///< there when it must be remade
  std::filesystem::path ballast() const { return directory_ / "ballast"; }
  const std::string& identity() const { return identity_; }

  bool writable() const { return writable_; }

private:
  void create();
  void lock();
  void read_identity();

  file_system& files_;
  std::filesystem::path directory_;
  descriptor lock_;
  std::string identity_;
  bool writable_ = true;
};

} // namespace pillar::ipfs::engine
