/// The paths that `ipfs add` is given.
#pragma once

#include "actors/ipfs/files/ignore_rules.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace pillar::cli {

/// Paths that one request adds. Empty: standard input.
using path_group = std::vector<std::filesystem::path>;

/// The given paths in their order, as few groups as it takes to tell each when it is done: a directory is a group of
/// its own, and files are taken together (up to 256, whose names differ), since they share a sync of the disk. With
/// `wrap` all is one group. "-" is standard input; what leads to a name only by dots gets its name: "." is the
/// directory here.
std::vector<path_group> grouped(const std::vector<std::string>& paths, bool wrap);

/// Which names below a directory are added.
struct name_filter {
  bool hidden = false; ///< those that begin with a dot, too
  ipfs::engine::ignore_rules ignore = {};
};

/// Counts the bytes of files and directories, in a thread of its own that ends with the object.
class size_scan {
public:
  size_scan(std::vector<path_group> groups, name_filter filter);

  /// Nothing before all is counted.
  std::optional<std::uint64_t> total() const;

private:
  void count(const std::filesystem::path& path, const name_filter& filter, const std::stop_token& stop);

  std::uint64_t bytes_ = 0; // of the thread, until `done_`
  std::atomic<bool> done_ = false;
  std::jthread thread_;
};

} // namespace pillar::cli
