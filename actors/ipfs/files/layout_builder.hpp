/// The nodes above a file's chunks.
#pragma once

#include "actors/ipfs/files/node_writer.hpp"

#include <memory>
#include <vector>

namespace pillar::ipfs::engine {

/// Takes a file's leaves in order and builds the nodes above them as soon as they are full, so that it holds the
/// children of one node for every level of the tree.
class layout_builder {
public:
  virtual ~layout_builder() = default;

  virtual void add(imported leaf) = 0;

  /// Closes the tree, once. The metadata goes into the root.
  virtual imported finish(const unixfs_metadata& metadata) = 0;
};

/// The builder of the layout that the writer's options name; the writer must outlive it.
std::unique_ptr<layout_builder> make_layout_builder(const node_writer& writer);

/// Stores a file's inner node over its children.
imported write_file_node(const node_writer& writer, std::vector<imported> children, const unixfs_metadata& metadata);

} // namespace pillar::ipfs::engine
