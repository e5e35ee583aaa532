/// Directories, usual and sharded ones, as their entries.
#pragma once

#include "actors/ipfs/node_reader.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace pillar::ipfs::engine {

/// The entry of a name; none when there is none, the first when there are several. Of a sharded directory only the
/// shards on the name's way are read. Throws damaged when the directory's form is not sound, not_found (a shard).
std::optional<pb_link> find_entry(block_store& store, const loaded_node& directory, std::string_view name);

/// Calls `visit` with every entry, without the shards' prefixes, in the order of the blocks. Reads one shard at a time
/// and holds one for each level. Throws as find_entry, and what `visit` throws.
void for_each_entry(block_store& store, const loaded_node& directory, const std::function<void(const pb_link&)>& visit);

} // namespace pillar::ipfs::engine
