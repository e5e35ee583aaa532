/// The balanced layout of a file: leaves at equal depth under nodes with up to `max_links` links, filled from the left
/// (UnixFS specification, section Layout).
#pragma once

#include "actors/ipfs/node_writer.hpp"

#include <vector>

namespace pillar::ipfs::engine {

/// Takes a file's leaves in order and builds the nodes above them as soon as they are full, so that it holds at most
/// `max_links` children for every level of the tree.
class balanced_builder {
public:
  explicit balanced_builder(const node_writer& writer) : writer_(writer) {}

  void add(imported leaf);

  /// Closes the tree; there were at least two leaves. The metadata goes into the root.
  imported finish(const unixfs_metadata& metadata);

private:
  void add(std::size_t level, imported child);
  imported close(std::size_t level, const unixfs_metadata& metadata);

  const node_writer& writer_;
  std::vector<std::vector<imported>> levels_;
};

} // namespace pillar::ipfs::engine
