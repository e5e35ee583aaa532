#include "actors/ipfs/files/node_writer.hpp"

#include <array>

namespace pillar::ipfs::engine {

content_id node_writer::store(engine::codec codec, block_parts block) const {
  if (options_.inline_limit && size_of(block) <= *options_.inline_limit)
    return {1, codec, hash_of(hash_function::identity, block)}; // the CID holds it: there is nothing to store
  auto version = codec == engine::codec::dag_pb ? options_.cid_version : 1; // there is no raw block of version 0
  content_id id(version, codec, hash_of(options_.hash, block));
  batch_.put(id, block);
  return id;
}

imported node_writer::write_leaf(bytes_view content, const unixfs_metadata& metadata) const {
  auto raw = options_.uses_raw_leaves() && metadata.empty();
  if (raw) return {store(codec::raw, block_parts(&content, 1)), content.size(), content.size()};
  auto type = options_.layout == file_layout::trickle ? unixfs_type::raw : unixfs_type::file;
  if (!metadata.empty() || content.empty()) {
    unixfs_node leaf{.type = type, .file_size = content.size(), .metadata = metadata};
    if (!content.empty()) leaf.data = content;
    return write_node({}, leaf, content.size());
  }
  leaf_frame frame(type, content.size());
  std::array parts{frame.head(), content, frame.tail()};
  return {store(codec::dag_pb, parts), size_of(parts), content.size()};
}

imported node_writer::write_symlink(std::string_view target, const unixfs_metadata& metadata) const {
  unixfs_node link{.type = unixfs_type::symlink, .data = view_of(target)};
  link.metadata.mtime = metadata.mtime;
  return write_node({}, link, 0);
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
