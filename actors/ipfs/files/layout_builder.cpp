#include "actors/ipfs/files/layout_builder.hpp"

#include "actors/ipfs/files/balanced_builder.hpp"
#include "actors/ipfs/files/trickle_builder.hpp"

#include <utility>

namespace pillar::ipfs::engine {

std::unique_ptr<layout_builder> make_layout_builder(const node_writer& writer) {
  if (writer.options().layout == file_layout::trickle) return std::make_unique<trickle_builder>(writer);
  return std::make_unique<balanced_builder>(writer);
}

imported write_file_node(const node_writer& writer, std::vector<imported> children, const unixfs_metadata& metadata) {
  std::vector<pb_link> links;
  unixfs_node node{.file_size = 0, .metadata = metadata};
  links.reserve(children.size());
  for (auto& child : children) {
    *node.file_size += child.size;
    node.block_sizes.push_back(child.size);
    links.push_back({std::move(child.id), "", child.tsize});
  }
  return writer.write_node(links, node, *node.file_size);
}

} // namespace pillar::ipfs::engine
