/// What `ls` shows of a directory.
#pragma once

#include "actors/ipfs/files/directory_reader.hpp"
#include "interfaces/ipfs.hpp"

#include <memory>
#include <optional>
#include <string>

namespace pillar::ipfs::engine {

struct listed_entry {
  std::string name; ///< any bytes, as they are stored; "" for a part of a file
  content_id id;
  std::optional<ipfs::kind> kind = {}; ///< none when it is not known without reading its block
  std::uint64_t size = 0;              ///< bytes of a file's content or a link's target; 0 for a directory
  std::uint64_t tsize = 0;             ///< bytes of all blocks below, as the directory declares them
  unixfs_metadata metadata = {};       ///< what is known of its mode and time
  std::string target = {};             ///< of a symbolic link
};

/// Lists a directory, one entry after the other; of a file, as Kubo does, the parts that its root links to. Holds one
/// shard for each level of a sharded directory, and no entry but the current one.
class directory_lister {
public:
  /// With `resolve`, the block of every entry that is no raw one is read, for its kind and what follows from it. Throws
  /// damaged, bad_request (a symbolic link).
  directory_lister(std::shared_ptr<block_store> store, loaded_node directory, bool resolve = true);

  /// The next entry; none at the end. Throws not_found (a shard, or an entry to resolve), damaged, unsupported, each
  /// naming the block; then no more follow.
  std::optional<listed_entry> next();

private:
  listed_entry describe(pb_link link);

  std::shared_ptr<block_store> store_;
  std::unique_ptr<loaded_node> directory_; ///< the cursor looks at it
  std::unique_ptr<entry_cursor> entries_;  ///< none at the end
  bool resolve_;
};

} // namespace pillar::ipfs::engine
