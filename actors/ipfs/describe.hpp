/// What a block means, as `stat` and `ls` tell it.
#pragma once

#include "actors/ipfs/files/node_reader.hpp"
#include "interfaces/ipfs.hpp"

#include <functional>
#include <memory>
#include <stop_token>

namespace pillar::ipfs::engine {

/// A CID as requests and replies have it.
cid text_id(const content_id& id);

/// Throws damaged when the sizes that the node declares cannot be.
node_stat describe(const loaded_node& node);

/// Visits the entries of a directory, in the order of its blocks; of a file there are none. Throws as directory_lister,
/// cancelled, and what `visit` throws.
void list_entries(std::shared_ptr<block_store> store, loaded_node directory,
                  const std::function<void(const entry&)>& visit, const std::stop_token& stop);

} // namespace pillar::ipfs::engine
