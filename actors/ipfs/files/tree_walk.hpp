/// Reading a file or a directory tree from the file system, once and in order.
#pragma once

#include "actors/ipfs/files/ignore_rules.hpp"
#include "actors/ipfs/system/file_system.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace pillar::ipfs::engine {

/// Of a file, directory or link.
struct file_attributes {
  std::uint32_t mode = 0;        ///< permissions and the three bits above them: 0 to 07777
  std::int64_t mtime = 0;        ///< seconds since 1970
  std::uint32_t nanoseconds = 0; ///< behind them
  std::uint64_t size = 0;        ///< bytes
};

/// Is told what lies in a tree. Paths are relative to what is walked, and empty for itself. What a function throws ends
/// the walk.
class tree_visitor {
public:
  virtual ~tree_visitor() = default;

  /// Comes right before each of the functions below, but for `leave`: what the file system says about the thing.
  virtual void about(const file_attributes&) {}

  /// All that lies in a directory comes between these two, in the order of the names' bytes.
  virtual void enter(const std::string& path) = 0;
  virtual void leave(const std::string& path) = 0;

  /// A regular file. `read` fills its buffer, but for the last time; it may be called until the function returns.
  virtual void file(const std::string& path, const std::function<std::size_t(std::span<std::byte>)>& read) = 0;

  virtual void symlink(const std::string& path, std::string_view target) = 0;
};

/// Visits what lies at `root`; below it names that begin with a dot only if `hidden`, and nothing that `ignore` leaves
/// out. Symbolic links are never followed. Holds the names of the directories on the way down, and three open files.
/// Throws not_found, bad_request (a device, socket or pipe), io_error, cancelled, and what the visitor throws.
void walk_tree(file_system& files, const std::filesystem::path& root, bool hidden, const ignore_rules& ignore,
               const std::stop_token& stop, tree_visitor& visitor);

} // namespace pillar::ipfs::engine
