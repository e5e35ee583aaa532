/// dag-pb, the codec of UnixFS nodes: named links and some data (ipld.io/specs/codecs/dag-pb).
#pragma once

#include "actors/ipfs/format/cid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pillar::ipfs::engine {

struct pb_link {
  content_id id;
  std::string name;        ///< any bytes; "" in a file's nodes
  std::uint64_t tsize = 0; ///< bytes of all blocks below, as the writer declares them: never trusted
  bool operator==(const pb_link&) const = default;
};

struct pb_node {
  std::vector<pb_link> links;
  std::optional<bytes_view> data; ///< lies in the block, or in what the writer holds
};

/// Reads a block, whose bytes must outlive the node. Throws damaged for anything that is not strictly dag-pb; links
/// may be unsorted and data may come first, since old writers did so.
pb_node decode_dag_pb(bytes_view block);

/// Writes the canonical form, as Kubo does: links first, each with its name even when it is empty. The links must be
/// sorted already (stably, bytewise by name).
bytes encode_dag_pb(const std::vector<pb_link>& links, std::optional<bytes_view> data);

/// How many bytes `encode_dag_pb` gives one link.
std::size_t encoded_size(const pb_link& link);

} // namespace pillar::ipfs::engine
