/// Turns UnixFS nodes into blocks and stores them.
#pragma once

#include "actors/ipfs/files/import_options.hpp"
#include "actors/ipfs/format/dag_pb.hpp"
#include "actors/ipfs/format/unixfs.hpp"
#include "actors/ipfs/store/block_store.hpp"

#include <string_view>
#include <vector>

namespace pillar::ipfs::engine {

/// What was stored: a block and all below it.
struct imported {
  content_id id;
  std::uint64_t tsize = 0; ///< bytes of all its blocks, those that occur twice counted twice
  std::uint64_t size = 0;  ///< bytes of file content
};

/// Thread-safe, as the batch is.
class node_writer {
public:
  node_writer(import_options options, write_batch& batch) : options_(checked(options)), batch_(batch) {}

  const import_options& options() const { return options_; }

  /// A chunk of a file, as a raw block or a UnixFS leaf. With metadata it is never raw.
  imported write_leaf(bytes_view content, const unixfs_metadata& metadata = {}) const;

  /// A symbolic link. Of the metadata it gets the time only, as in Kubo.
  imported write_symlink(std::string_view target, const unixfs_metadata& metadata = {}) const;

  /// A dag-pb node over links, which must be sorted. `size` is what it returns as its content's size.
  imported write_node(const std::vector<pb_link>& links, const unixfs_node& node, std::uint64_t size) const;

private:
  content_id store(engine::codec codec, block_parts block) const;

  import_options options_;
  write_batch& batch_;
};

} // namespace pillar::ipfs::engine
