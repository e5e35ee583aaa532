/// Directories as UnixFS nodes: one block for a usual one, a tree of shards (HAMT) for one that outgrows it.
#pragma once

#include "actors/ipfs/files/entry_list.hpp"
#include "actors/ipfs/files/node_writer.hpp"

#include <string>
#include <vector>

namespace pillar::ipfs::engine {

/// Throws bad_request unless the name can be an entry's: not empty, not "." or "..", without '/' and NUL.
void check_entry_name(std::string_view name);

/// Stores a directory. The entries' names must differ; their order does not matter. A sharded one gets no metadata, as
/// in Kubo 0.39. Throws bad_request (a name that cannot be), too_large (names that collide beyond what a sharded
/// directory can hold).
imported write_directory(const node_writer& writer, const entry_list& entries, const unixfs_metadata& metadata);
imported write_directory(const node_writer& writer, const std::vector<pb_link>& entries,
                         const unixfs_metadata& metadata);

} // namespace pillar::ipfs::engine
