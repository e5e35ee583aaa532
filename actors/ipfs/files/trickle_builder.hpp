/// The trickle layout of a file: a node has up to `max_links` leaves and, behind them, smaller trees of the same kind,
/// four of each depth, the depths growing. A root has no limit of depth (boxo, ipld/unixfs/importer/trickle).
#pragma once

#include "actors/ipfs/files/layout_builder.hpp"

namespace pillar::ipfs::engine {

/// For any number of leaves: there is always a node above them.
class trickle_builder final : public layout_builder {
public:
  explicit trickle_builder(const node_writer& writer);

  void add(imported leaf) override;
  imported finish(const unixfs_metadata& metadata) override;

private:
  /// A node that is being filled. Its trees are less deep than itself.
  struct open_node {
    std::size_t depth; ///< a tree of depth 1 has leaves only
    std::size_t tree_depth = 1;
    std::size_t trees = 0; ///< of that depth, so far
    std::vector<imported> children = {};
  };

  void close_last();

  const node_writer& writer_;
  std::vector<open_node> nodes_; ///< from the root down to where the next leaf goes
};

} // namespace pillar::ipfs::engine
