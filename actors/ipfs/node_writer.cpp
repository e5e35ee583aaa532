#include "actors/ipfs/node_writer.hpp"

#include <array>

namespace pillar::ipfs::engine {

content_id node_writer::store(engine::codec codec, block_parts block) const {
  auto version = codec == engine::codec::dag_pb ? options_.cid_version : 1; // there is no raw block of version 0
  content_id id(version, codec, hash_of(options_.hash, block));
  batch_.put(id, block);
  return id;
}

imported node_writer::write_leaf(bytes_view content, const unixfs_metadata& metadata) const {
  if (!metadata.empty() || (content.empty() && !options_.uses_raw_leaves())) {
    unixfs_node leaf{.file_size = content.size(), .metadata = metadata};
    if (!content.empty()) leaf.data = content;
    return write_node({}, leaf, content.size());
  }
  if (options_.uses_raw_leaves()) return {store(codec::raw, block_parts(&content, 1)), content.size(), content.size()};
  leaf_frame frame(content.size());
  std::array parts{frame.head(), content, frame.tail()};
  return {store(codec::dag_pb, parts), size_of(parts), content.size()};
}

imported node_writer::write_node(const std::vector<pb_link>& links, const unixfs_node& node, std::uint64_t size) const {
  auto data = encode_unixfs(node);
  auto block = encode_dag_pb(links, data);
  bytes_view part = block;
  imported out{store(codec::dag_pb, block_parts(&part, 1)), block.size(), size};
  for (const auto& link : links) out.tsize += link.tsize;
  return out;
}

} // namespace pillar::ipfs::engine
