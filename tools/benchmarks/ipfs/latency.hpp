/// How long block_get takes.
#pragma once

#include "interfaces/ipfs.hpp"
#include "runtime/node.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace pillar::bench {

/// So many of the ids at random, some of them again and again.
std::vector<ipfs::cid> picked(std::span<const ipfs::cid> ids, std::size_t count);

/// Each of the ids once, in a random order.
std::vector<ipfs::cid> shuffled(std::vector<ipfs::cid> ids);

/// The middle of asks for these blocks in a plugin, one after the other: microseconds.
double latency_in_plugin(node& n, std::span<const ipfs::cid> order);

/// The same asked from a thread outside of all actors.
double latency_of_node_ask(node& n, std::span<const ipfs::cid> order);

} // namespace pillar::bench
