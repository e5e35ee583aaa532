/// What a block means, as `stat` tells it.
#pragma once

#include "actors/ipfs/node_reader.hpp"
#include "interfaces/ipfs.hpp"

namespace pillar::ipfs::engine {

/// Throws damaged when the sizes that the node declares cannot be.
node_stat describe(const loaded_node& node);

} // namespace pillar::ipfs::engine
