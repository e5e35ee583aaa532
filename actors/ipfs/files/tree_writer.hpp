/// Files and directory trees from blocks into the file system.
#pragma once

#include "actors/ipfs/files/node_reader.hpp"
#include "actors/ipfs/system/file_system.hpp"
#include "actors/ipfs/system/thread_pool.hpp"

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pillar::ipfs::engine {

/// What content may cost: a small DAG can stand for a tree without end.
struct tree_limits {
  std::uint64_t entries = 10'000'000; ///< files, directories and links
};

/// Writes what a CID stands for into a directory. Content is not to be trusted: whatever it says, nothing outside of
/// the one new entry is touched, and no link that is made leads out of it.
class tree_writer {
public:
  /// With a pool, its threads load a file's next blocks while it is written.
  tree_writer(file_system& files, std::shared_ptr<block_store> store, tree_limits limits, std::stop_token stop,
              std::shared_ptr<thread_pool> pool = nullptr);

  /// Writes it under `name` into an existing directory. It is made under another name first and renamed when it is
  /// whole; a failure removes it. Throws as embedded_ipfs::get_file.
  void write(const content_id& id, const std::filesystem::path& into, std::string_view name);

  std::uint64_t file_count() const { return file_count_; } ///< regular files and symbolic links
  std::uint64_t byte_count() const { return byte_count_; } ///< of their content

private:
  struct pending_directory {
    content_id id;
    std::string path;
  };

  void write_entry(int root, const std::string& path, loaded_node node);
  void write_directories(int root);
  void write_file(int directory, const std::string& name, loaded_node node);
  void set_metadata(int file, const unixfs_metadata& metadata);
  void set_link_time(int directory, const std::string& name, const unixfs_time& time);
  void check_stop() const;
  [[noreturn]] void refuse_write(const std::string& path) const;

  file_system& files_;
  std::shared_ptr<block_store> store_;
  tree_limits limits_;
  std::stop_token stop_;
  std::shared_ptr<thread_pool> pool_;
  std::filesystem::path target_; ///< for messages
  std::vector<pending_directory> directories_;
  std::vector<std::pair<std::string, unixfs_metadata>> finishing_; ///< directories that get a mode or time at the end
  std::uint64_t entries_ = 0;
  std::uint64_t file_count_ = 0;
  std::uint64_t byte_count_ = 0;
};

} // namespace pillar::ipfs::engine
