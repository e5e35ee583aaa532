/// How long block_get takes.
#pragma once

#include "interfaces/ipfs.hpp"
#include "runtime/node.hpp"

#include <cstddef>
#include <span>

namespace pillar::bench {

/// The middle of so many asks in a plugin, one after the other, for blocks in a random order: microseconds.
double latency_in_plugin(node& n, std::span<const ipfs::cid> ids, std::size_t gets);

/// The same asked from a thread outside of all actors.
double latency_of_node_ask(node& n, std::span<const ipfs::cid> ids, std::size_t gets);

} // namespace pillar::bench
