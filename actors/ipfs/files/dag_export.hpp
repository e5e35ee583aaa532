/// A DAG as an archive.
#pragma once

#include "actors/ipfs/store/block_store.hpp"

#include <functional>
#include <stop_token>

namespace pillar::ipfs::engine {

/// Writes everything below and including the root as CARv1: depth first, links in their order, each block once, as Kubo
/// does. Pieces have up to 1 MiB. Throws not_found, damaged and unsupported, naming the block; cancelled; and what `to`
/// throws. Memory: a byte for each block of the store, and the CIDs of the links that are still to be followed.
void export_dag(block_store& store, const content_id& root, const std::function<void(bytes_view)>& to,
                const std::stop_token& stop);

} // namespace pillar::ipfs::engine
