/// Files and directory trees from blocks as a tar archive.
#pragma once

#include "actors/ipfs/files/tar_writer.hpp"
#include "actors/ipfs/files/tree_writer.hpp"
#include "actors/ipfs/system/thread_pool.hpp"
#include "interfaces/ipfs.hpp"

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace pillar::ipfs::engine {

/// Writes what a CID stands for as an archive, depth first, a directory before what is in it. What has no mode recorded
/// gets 0644, 0755 (a directory) or 0777 (a link). No name in the archive leads out of the root's, and none occurs
/// twice; links are written as they are. Holds a node for each level on the way down.
class tree_archiver {
public:
  /// What has no time recorded gets `time`. With a pool, its threads load a file's next blocks. Throws bad_request (a
  /// time that is none).
  tree_archiver(std::shared_ptr<block_store> store, const timestamp& time, std::stop_token stop,
                std::shared_ptr<thread_pool> pool = nullptr, tree_limits limits = {});

  /// Throws as embedded_ipfs::get_archive, after the part of the archive that was right.
  void write(const content_id& root, const std::string& name, const tar_writer::sink& to);

private:
  void write_file(tar_writer& to, tar_entry entry, loaded_node node) const;
  tar_entry entry_of(const std::string& path, const loaded_node& node) const;
  void check_stop() const;

  std::shared_ptr<block_store> store_;
  timestamp time_;
  std::stop_token stop_;
  std::shared_ptr<thread_pool> pool_;
  tree_limits limits_;
};

} // namespace pillar::ipfs::engine
