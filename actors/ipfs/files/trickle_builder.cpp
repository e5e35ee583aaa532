#include "actors/ipfs/files/trickle_builder.hpp"

#include <limits>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t trees_of_a_depth = 4;
constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

} // namespace

trickle_builder::trickle_builder(const node_writer& writer) : writer_(writer) {
  nodes_.push_back({.depth = unlimited});
}

void trickle_builder::add(imported leaf) {
  for (;;) {
    auto& node = nodes_.back();
    if (node.children.size() < writer_.options().max_links) { // no tree comes before all leaves are there
      node.children.push_back(std::move(leaf));
      return;
    }
    if (node.trees == trees_of_a_depth) ++node.tree_depth, node.trees = 0;
    if (node.tree_depth == node.depth) {
      close_last();
      continue;
    }
    ++node.trees;
    nodes_.push_back({.depth = node.tree_depth});
  }
}

/// Hangs the last node, which is full or at the end, into the one above it.
void trickle_builder::close_last() {
  auto tree = write_file_node(writer_, std::move(nodes_.back().children), {});
  nodes_.pop_back();
  nodes_.back().children.push_back(std::move(tree));
}

imported trickle_builder::finish(const unixfs_metadata& metadata) {
  while (nodes_.size() > 1) close_last();
  return write_file_node(writer_, std::move(nodes_.back().children), metadata);
}

} // namespace pillar::ipfs::engine
