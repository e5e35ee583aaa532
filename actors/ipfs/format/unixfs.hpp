/// UnixFS: what dag-pb nodes mean as files, directories and symbolic links (specs.ipfs.tech/unixfs).
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace pillar::ipfs::engine {

enum class unixfs_type : std::uint8_t { raw = 0, directory = 1, file = 2, metadata = 3, symlink = 4, hamt_shard = 5 };

/// A point in time, as POSIX counts it.
struct unixfs_time {
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;
  bool operator==(const unixfs_time&) const = default;
};

/// Throws bad_request when nanoseconds that somebody gave are a second or more; `what` has them: "mtime".
void check_nanoseconds(std::string_view what, std::uint32_t nanoseconds);

/// Permission bits and time of change (UnixFS 1.5). A mode of 0 says nothing when it is read; Kubo writes it for
/// directories only.
struct unixfs_metadata {
  std::optional<std::uint32_t> mode; ///< low 12 bits
  std::optional<unixfs_time> mtime;

  bool empty() const { return !mode && !mtime; }
  bool operator==(const unixfs_metadata&) const = default;
};

struct unixfs_node {
  unixfs_type type = unixfs_type::file;
  std::optional<bytes_view> data =
      {}; ///< content, link target or bitfield; lies in the block or in what the writer holds
  std::optional<std::uint64_t> file_size = {};
  std::vector<std::uint64_t> block_sizes = {}; ///< bytes of content below each link
  std::optional<std::uint64_t> hash_type = {};
  std::optional<std::uint64_t> fanout = {};
  unixfs_metadata metadata = {};
};

/// The hash that places names in a sharded directory: the first half of murmur3-x64-128.
inline constexpr std::uint64_t murmur3_x64_64 = 0x22;

/// Reads a node's data, which must outlive it. Throws damaged, or unsupported for a type that is not known.
unixfs_node decode_unixfs(bytes_view data);

bytes encode_unixfs(const unixfs_node& node);

/// A file's leaf as a dag-pb block around its content, which is not copied: the frame before and behind it.
/// For leaves without metadata and with content.
class leaf_frame {
public:
  leaf_frame(unixfs_type type, std::size_t content);
  bytes_view head() const { return bytes_view(buffer_).first(head_); }
  bytes_view tail() const { return bytes_view(buffer_).subspan(head_, tail_); }

private:
  std::array<std::byte, 48> buffer_;
  std::size_t head_ = 0;
  std::size_t tail_ = 0;
};

} // namespace pillar::ipfs::engine
