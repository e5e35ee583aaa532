#include "actors/ipfs/describe.hpp"

namespace pillar::ipfs::engine {
namespace {

ipfs::kind kind_of(const loaded_node& node) {
  if (node.id.codec() == codec::raw) return kind::raw;
  if (node.is_directory()) return kind::directory;
  return node.unixfs.type == unixfs_type::symlink ? kind::symlink : kind::file;
}

} // namespace

node_stat describe(const loaded_node& node) {
  node_stat out{{node.id.to_string()}, kind_of(node), 0, node.block.size(), node.links.size()};
  if (node.is_file()) out.size = content_size(node);
  else if (!node.is_directory()) out.size = node.data().size();
  for (const auto& link : node.links)
    if (__builtin_add_overflow(out.cumulative_size, link.tsize, &out.cumulative_size))
      refuse(node.id, "its links' sizes add up to more than there can be");
  return out;
}

} // namespace pillar::ipfs::engine
