/// Directories, usual and sharded ones, as their entries.
#pragma once

#include "actors/ipfs/files/node_reader.hpp"

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace pillar::ipfs::engine {

/// The entry of a name; none when there is none, the first when there are several. Of a sharded directory only the
/// shards on the name's way are read. Throws damaged when the directory's form is not sound, not_found (a shard).
std::optional<pb_link> find_entry(block_store& store, const loaded_node& directory, std::string_view name);

/// Goes through a directory's entries, without the shards' prefixes, in the order of the blocks. Reads one shard at a
/// time and holds one for each level. Store and node must outlive it.
class entry_cursor {
public:
  /// Throws as find_entry.
  entry_cursor(block_store& store, const loaded_node& directory);
  ~entry_cursor();

  /// The next entry; none at the end. Throws as find_entry; then no more is to be asked for.
  std::optional<pb_link> next();

private:
  struct level;

  std::optional<pb_link> next_sharded();

  block_store& store_;
  const loaded_node& directory_;
  std::size_t next_ = 0;
  std::vector<level> levels_;
};

/// Calls `visit` with every entry that the cursor gives. Throws as find_entry, and what `visit` throws.
void for_each_entry(block_store& store, const loaded_node& directory, const std::function<void(const pb_link&)>& visit);

} // namespace pillar::ipfs::engine
