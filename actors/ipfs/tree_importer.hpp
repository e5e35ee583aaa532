/// Files and directory trees from the file system, as UnixFS.
#pragma once

#include "actors/ipfs/file_importer.hpp"
#include "actors/ipfs/file_system.hpp"

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace pillar::ipfs::engine {

/// What of a tree to take.
struct tree_options {
  bool hidden = false; ///< names that begin with a dot, too; the path itself may always do so
};

/// Adds what lies at a path. Symbolic links are stored as such and never followed. Holds the names and links of the
/// directories on the way down, and two open files.
class tree_importer {
public:
  tree_importer(file_system& files, const node_writer& writer, thread_pool& pool, tree_options options,
                std::stop_token stop);
  ~tree_importer();

  /// Throws not_found, bad_request (something that is no file, directory or symbolic link), io_error, cancelled, and
  /// what the batch throws.
  imported add(const std::filesystem::path& path);

  std::uint64_t file_count() const { return file_count_; } ///< regular files and symbolic links so far
  std::uint64_t byte_count() const { return byte_count_; } ///< of their content; links have none

private:
  struct frame;

  imported add_tree(descriptor root);
  void read_names(frame& f, int directory);
  imported add_file(descriptor file, const std::filesystem::path& shown);
  imported add_symlink(int directory, const char* name, const std::filesystem::path& shown);

  file_system& files_;
  const node_writer& writer_;
  file_importer importer_;
  tree_options options_;
  std::stop_token stop_;
  std::filesystem::path path_; ///< that is being added, for messages
  std::uint64_t file_count_ = 0;
  std::uint64_t byte_count_ = 0;
};

} // namespace pillar::ipfs::engine
