/// How content becomes blocks. Two imports give the same CID exactly when content and these options are the same.
#pragma once

#include "actors/ipfs/files/chunker.hpp"
#include "actors/ipfs/format/cid.hpp"
#include "actors/ipfs/format/unixfs.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace pillar::ipfs::engine {

/// What is compared with the threshold above which a directory is sharded.
enum class directory_estimate : std::uint8_t {
  links, ///< the sum of its names' and CIDs' lengths
  block, ///< the exact size of its block
};

/// How the nodes above a file's chunks are arranged.
enum class file_layout : std::uint8_t {
  balanced, ///< all chunks at equal depth
  trickle,  ///< the first chunks right below the root, the others the deeper the later they come: for reading in order
};

inline constexpr std::size_t longest_inline = 128; ///< bytes of a block that a CID may hold itself; as Kubo

/// The defaults are those of `ipfs add`, also known as profile unixfs-v0-2015.
struct import_options {
  unsigned cid_version = 0;       ///< 0 or 1; always 1 with another hash than sha2-256
  std::optional<bool> raw_leaves; ///< chunks as raw blocks instead of UnixFS leaves; see uses_raw_leaves
  engine::chunker chunker;        ///< where files are cut
  file_layout layout = file_layout::balanced;
  std::size_t max_links = 174; ///< of a file's node, 2 to 8192
  hash_function hash = hash_function::sha2_256;
  std::optional<std::size_t> inline_limit;  ///< bytes of a block that goes into its CID, 0 to 128; by default none
  std::size_t hamt_fanout = 256;            ///< of a sharded directory: 8 to 1024, a power of 2
  std::uint64_t hamt_threshold = 256 << 10; ///< bytes; a directory whose estimate is greater is sharded. 0: never
  directory_estimate hamt_estimate = directory_estimate::links;
  unixfs_metadata metadata;    ///< of every file and directory; links get the time only, sharded directories nothing
  bool preserve_mode = false;  ///< the mode that a file or directory has on the disk, unless one is given above
  bool preserve_mtime = false; ///< the time that anything has on the disk, unless one is given above

  /// The profile of 2025: CIDv1, raw leaves of 1 MiB, 1024 links, the exact estimate.
  static import_options unixfs_v1_2025();

  /// Whether something of what is added may get a mode or a time.
  bool keeps_metadata() const { return !metadata.empty() || preserve_mode || preserve_mtime; }

  /// By default with version 1, unless there is metadata, which a raw block could not hold.
  bool uses_raw_leaves() const { return raw_leaves.value_or(cid_version == 1 && !keeps_metadata()); }
};

/// The options with what they imply filled in. Throws bad_request for one that is out of range.
import_options checked(import_options options);

/// Single options as a person gives them. What is left out comes from the profile.
struct import_request {
  std::string profile = {};                 ///< "unixfs-v0-2015", "unixfs-v1-2025", or "" for the node's own defaults
  std::optional<unsigned> cid_version = {}; ///< 0 or 1
  std::optional<bool> raw_leaves = {};
  std::string chunker = {}; ///< as chunker::parse reads it
  std::string hash = {};    ///< by name; another one than sha2-256 means CID version 1
  std::optional<bool> trickle = {};
  std::optional<std::size_t> max_links = {};    ///< of a file's node
  std::optional<std::size_t> hamt_fanout = {};  ///< of a sharded directory
  std::optional<std::size_t> inline_limit = {}; ///< bytes, 0 to 128
  std::optional<std::uint32_t> mode = {};       ///< what is above 0777 is dropped and 0 means none, as in Kubo
  std::optional<unixfs_time> mtime = {};        ///< 0 s means none, as in Kubo
  bool preserve_mode = false;
  bool preserve_mtime = false;
};

/// Checked options for a request, over `defaults` unless it names a profile. The rules are Kubo's: CID version 0 takes
/// sha2-256 only, and raw leaves hold no metadata; who asks for both at once gets bad_request, as for everything that
/// cannot be read or is out of range.
import_options make_import_options(const import_request& request, import_options defaults = {});

} // namespace pillar::ipfs::engine
