#include "actors/ipfs/files/node_reader.hpp"

#include "interfaces/error.hpp"

#include <utility>

namespace pillar::ipfs::engine {

void refuse(const content_id& id, std::string_view why) {
  throw failure(errc::damaged, "block " + id.to_string() + ": " + std::string(why));
}

loaded_node load(block_store& store, const content_id& id) {
  if (id.codec() != codec::raw && id.codec() != codec::dag_pb)
    throw failure(errc::unsupported, "block " + id.to_string() + " has codec "
                                         + std::to_string(static_cast<std::uint64_t>(id.codec()))
                                         + ": only raw and dag-pb blocks hold files");
  auto block = store.get(id);
  if (!block) throw failure(errc::not_found, "block " + id.to_string() + " is not in this store");
  loaded_node node;
  node.id = id;
  node.block = std::move(*block);
  if (id.codec() == codec::raw) {
    node.unixfs.type = unixfs_type::raw;
    node.unixfs.data = node.block;
    node.unixfs.file_size = node.block.size();
    return node;
  }
  try {
    auto decoded = decode_dag_pb(node.block);
    if (!decoded.data) refuse(id, "it is no file or directory, for it has no UnixFS data");
    node.links = std::move(decoded.links);
    node.unixfs = decode_unixfs(*decoded.data);
  } catch (const failure& f) {
    throw failure(f.code(), "block " + id.to_string() + ": " + f.message());
  }
  if (node.unixfs.type == unixfs_type::metadata)
    throw failure(errc::unsupported, "block " + id.to_string() + " is of UnixFS type metadata, which holds no content");
  return node;
}

std::uint64_t content_size(const loaded_node& node) {
  if (node.unixfs.block_sizes.size() != node.links.size())
    refuse(node.id, "its links and the sizes of what they lead to differ in number");
  std::uint64_t size = node.data().size();
  for (auto below : node.unixfs.block_sizes)
    if (__builtin_add_overflow(size, below, &size)) refuse(node.id, "its sizes add up to more than a file can have");
  if (node.unixfs.file_size && *node.unixfs.file_size != size)
    refuse(node.id, "its file size is not the sum of its parts");
  return size;
}

} // namespace pillar::ipfs::engine
