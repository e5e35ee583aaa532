/// How content becomes blocks. Two imports give the same CID exactly when content and these options are the same.
#pragma once

#include "actors/ipfs/cid.hpp"

#include <cstdint>
#include <optional>

namespace pillar::ipfs::engine {

/// What is compared with the threshold above which a directory is sharded.
enum class directory_estimate : std::uint8_t {
  links, ///< the sum of its names' and CIDs' lengths
  block, ///< the exact size of its block
};

/// The defaults are those of `ipfs add`, also known as profile unixfs-v0-2015.
struct import_options {
  unsigned cid_version = 0;           ///< 0 or 1; always 1 with another hash than sha2-256
  std::optional<bool> raw_leaves;     ///< chunks as raw blocks instead of UnixFS leaves; by default with version 1
  std::size_t chunk_size = 256 << 10; ///< bytes, 1 to 2 MiB - 256
  std::size_t max_links = 174;        ///< of a file's node, 2 to 8192
  hash_function hash = hash_function::sha2_256;
  std::size_t hamt_fanout = 256;            ///< of a sharded directory: 8 to 1024, a power of 2
  std::uint64_t hamt_threshold = 256 << 10; ///< bytes; a directory whose estimate is greater is sharded. 0: never
  directory_estimate hamt_estimate = directory_estimate::links;

  /// The profile of 2025: CIDv1, raw leaves of 1 MiB, 1024 links, the exact estimate.
  static import_options unixfs_v1_2025();

  bool uses_raw_leaves() const { return raw_leaves.value_or(cid_version == 1); }
};

/// The options with what they imply filled in. Throws bad_request for one that is out of range.
import_options checked(import_options options);

} // namespace pillar::ipfs::engine
