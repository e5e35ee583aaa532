/// Blocks as UnixFS nodes, verified and decoded.
#pragma once

#include "actors/ipfs/format/dag_pb.hpp"
#include "actors/ipfs/format/unixfs.hpp"
#include "actors/ipfs/store/block_store.hpp"

namespace pillar::ipfs::engine {

/// A block with what it means. Movable: the views into the block stay valid.
struct loaded_node {
  content_id id;
  bytes block;
  std::vector<pb_link> links;
  unixfs_node unixfs; ///< of a raw block: type raw, its bytes as data

  loaded_node() = default;
  loaded_node(loaded_node&&) = default;
  loaded_node& operator=(loaded_node&&) = default;

  bool is_directory() const { return unixfs.type == unixfs_type::directory || unixfs.type == unixfs_type::hamt_shard; }
  bool is_file() const { return unixfs.type == unixfs_type::file || unixfs.type == unixfs_type::raw; }
  bytes_view data() const { return unixfs.data.value_or(bytes_view()); }
};

/// Loads a node. Throws not_found, damaged (it does not verify, or is no node), unsupported (another codec, or a UnixFS
/// type that holds no content), each naming the block.
loaded_node load(block_store& store, const content_id& id);

/// Bytes of a file's content below and including this node, as it declares them. Throws damaged, naming the block,
/// when the node contradicts itself.
std::uint64_t content_size(const loaded_node& node);

/// Throws a failure about a block: "block Qm...: its links and sizes differ in number".
[[noreturn]] void refuse(const content_id& id, std::string_view why);

} // namespace pillar::ipfs::engine
