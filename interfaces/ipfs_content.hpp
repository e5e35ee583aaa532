/// IPFS, content: files and directories in, content identifiers out, and back. Where a request takes a `path` to
/// content, it is a CID, `/ipfs/CID`, or either with names behind it: `CID/a/b`. Errors that such a path may give are
/// bad_request (no CID, a name below a file), not_found, damaged (a block that does not verify), and unsupported (an
/// IPNS name, or content that is not UnixFS).
#pragma once

#include "interfaces/interface.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pillar::ipfs {

/// A content identifier as text: CIDv0 ("Qm...") or CIDv1 in any multibase.
struct cid {
  std::string text;
  auto operator<=>(const cid&) const = default;
};
BOOST_DESCRIBE_STRUCT(cid, (), (text))

/// A time as UnixFS keeps it: seconds since 1970, which may be negative, and 0 to 999,999,999 ns after them.
struct timestamp {
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;
  auto operator<=>(const timestamp&) const = default;
};
BOOST_DESCRIBE_STRUCT(timestamp, (), (seconds, nanoseconds))

/// How content is added: the options of `ipfs add`, with the same CIDs. What is left open follows the profile.
struct add_options {
  std::string profile = {};                      ///< "unixfs-v0-2015" or "unixfs-v1-2025"; empty: the worker's own
  std::optional<std::uint32_t> cid_version = {}; ///< 0, or 1
  std::optional<bool> raw_leaves = {};           ///< chunks as raw blocks; by default with version 1
  std::string chunker = {};       ///< "size-BYTES", "rabin", "rabin-AVERAGE", "rabin-MIN-AVERAGE-MAX", "buzhash"
  std::string hash = {};          ///< "sha2-256", "sha2-512", "blake2b-256" or "blake3"
  bool trickle = false;           ///< the layout for content that is read from its beginning
  std::uint32_t inline_limit = 0; ///< bytes, to 128: a block up to this size becomes part of its CID
  bool only_hash = false;         ///< stores nothing
  bool pin = true;                ///< the root, with all below it
  std::string pin_name = {};      ///< at most 255 bytes
  std::optional<std::uint32_t> mode = {}; ///< permission bits to record, to 07777
  std::optional<timestamp> mtime = {};    ///< time of modification to record
  bool preserve_mode = false;             ///< records those of the files
  bool preserve_mtime = false;
  bool operator==(const add_options&) const = default;
};
BOOST_DESCRIBE_STRUCT(add_options, (),
                      (profile, cid_version, raw_leaves, chunker, hash, trickle, inline_limit, only_hash, pin, pin_name,
                       mode, mtime, preserve_mode, preserve_mtime))

/// Stores text as a file. Any bytes will do; at most 1 MiB. When the answer comes, it is durable. Errors: too_large,
/// bad_request (an option), storage_full, read_only.
struct add_str {
  using reply = cid;
  std::string text;
  add_options options = {};
};
BOOST_DESCRIBE_STRUCT(add_str, (), (text, options))

/// The same with bytes.
struct add_bytes {
  using reply = cid;
  bytes data;
  add_options options = {};
};
BOOST_DESCRIBE_STRUCT(add_bytes, (), (data, options))

/// What an add made. `size` counts the bytes of file content, `files` the regular files and symbolic links.
struct added {
  cid root;
  std::uint64_t files = 0;
  std::uint64_t size = 0;
  bool operator==(const added&) const = default;
};
BOOST_DESCRIBE_STRUCT(added, (), (root, files, size))

/// Stores a regular file, or a directory with everything in it (hidden files only when asked for), from the file system
/// of the worker's node. `ignore` are rules as in a .gitignore file in the directory, one or several lines in each
/// text, for what is left out of it. Errors: not_found, bad_request (a device or socket, a rule that can match nothing,
/// or an option), storage_full, read_only, io_error. Nothing is pinned unless all of it could be read.
struct add_file {
  using reply = added;
  std::filesystem::path path;
  bool hidden = false;
  std::vector<std::string> ignore = {};
  add_options options = {};
};
BOOST_DESCRIBE_STRUCT(add_file, (), (path, hidden, ignore, options))

/// How far an add is: a file's bytes so far; or, with an id, a finished file or directory and the size of its DAG.
struct add_progress {
  std::string name = {}; ///< "dir/sub/file"; empty: the directory that wraps all
  std::uint64_t size = 0;
  std::optional<cid> id = {};
  bool operator==(const add_progress&) const = default;
};
BOOST_DESCRIBE_STRUCT(add_progress, (), (name, size, id))

/// Stores several files and directories, each pinned by itself, or all in one directory that wraps them. The stream
/// tells of every file at each 256 KiB and at its end, and of the roots last: an item with an id whose name is one of
/// the paths' (or empty, if wrapped) is durable. Errors: as add_file's, and bad_request for two paths of one name.
struct add_files {
  using reply = stream<add_progress>;
  std::vector<std::filesystem::path> paths;
  bool hidden = false;
  std::vector<std::string> ignore = {}; ///< as add_file's, in each directory among the paths
  bool wrap = false;
  add_options options = {};
};
BOOST_DESCRIBE_STRUCT(add_files, (), (paths, hidden, ignore, wrap, options))

/// An add whose content the caller sends piece by piece.
struct upload {
  std::uint64_t id = 0;
  bool operator==(const upload&) const = default;
};
BOOST_DESCRIBE_STRUCT(upload, (), (id))

/// Begins an upload, which is cancelled when nothing is sent for a minute. Errors: bad_request (an option),
/// overloaded (too many).
struct upload_begin {
  using reply = upload;
  add_options options = {};
};
BOOST_DESCRIBE_STRUCT(upload_begin, (), (options))

/// The next piece, at most 1 MiB; send one after the other. It is answered when there is room for another. Errors:
/// not_found (no such upload, or no more), too_large, and those of add_file: then the upload is over.
struct upload_data {
  using reply = void;
  upload to;
  bytes data;
};
BOOST_DESCRIBE_STRUCT(upload_data, (), (to, data))

/// Ends it: the content is stored and durable. Errors: as upload_data's.
struct upload_end {
  using reply = added;
  upload to;
};
BOOST_DESCRIBE_STRUCT(upload_end, (), (to))

/// Gives it up; one that is over already is no error.
struct upload_cancel {
  using reply = void;
  upload to;
};
BOOST_DESCRIBE_STRUCT(upload_cancel, (), (to))

/// The content of a file, in pieces of at most 1 MiB, from byte `offset`, at most `length` bytes. Errors: those of a
/// path, and bad_request for a directory; they may come after some pieces, which were verified all the same.
struct cat {
  using reply = stream<bytes>;
  std::string path;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length = {};
};
BOOST_DESCRIBE_STRUCT(cat, (), (path, offset, length))

/// What a get wrote.
struct written {
  std::uint64_t files = 0;
  std::uint64_t size = 0;
  bool operator==(const written&) const = default;
};
BOOST_DESCRIBE_STRUCT(written, (), (files, size))

/// Writes a file or a directory tree into the existing directory `into`, under `name` (by default the last part of
/// `path`), with the modes and times that were recorded. No name in the tree may lead out of it, no symbolic link is
/// followed or may point outside, and nothing that exists is overwritten; when it fails nothing is left behind. Errors:
/// those of a path, and already_exists, storage_full, read_only.
struct get_file {
  using reply = written;
  std::string path;
  std::filesystem::path into;
  std::string name = {};
};
BOOST_DESCRIBE_STRUCT(get_file, (), (path, into, name))

/// The same as a tar archive (POSIX pax), in pieces of at most 1 MiB, deterministic. All names in it begin with `name`
/// (by default the last part of `path`), and what has no time recorded gets `time`. Symbolic links are written as they
/// are. Errors: those of a path, and bad_request (names that could not be files); they may come after some pieces.
struct get_archive {
  using reply = stream<bytes>;
  std::string path;
  std::string name = {};
  timestamp time = {};
};
BOOST_DESCRIBE_STRUCT(get_archive, (), (path, name, time))

enum class kind : std::uint8_t { file, directory, symlink, raw };
BOOST_DESCRIBE_ENUM(kind, file, directory, symlink, raw)

/// An entry of a directory. `size`: bytes of its content (0 for a directory).
struct entry {
  std::string name = {};
  cid id = {};
  ipfs::kind kind = kind::file;
  std::uint64_t size = 0;
  std::optional<std::uint32_t> mode = {};
  std::optional<timestamp> mtime = {};
  bool operator==(const entry&) const = default;
};
BOOST_DESCRIBE_STRUCT(entry, (), (name, id, kind, size, mode, mtime))

/// The entries of a directory, in the order of its blocks: sorted by name when it is not sharded. Of a file: nothing.
/// Errors: those of a path, which may come after some entries.
struct ls {
  using reply = stream<entry>;
  std::string path;
};
BOOST_DESCRIBE_STRUCT(ls, (), (path))

/// `size`: bytes of content (0 for a directory). `cumulative_size`: bytes of all blocks below and including this one,
/// as its links declare them. `links`: of the root block.
struct node_stat {
  cid id;
  ipfs::kind kind = kind::file;
  std::uint64_t size = 0;
  std::uint64_t cumulative_size = 0;
  std::uint64_t links = 0;
  std::optional<std::uint32_t> mode = {};
  std::optional<timestamp> mtime = {};
  bool operator==(const node_stat&) const = default;
};
BOOST_DESCRIBE_STRUCT(node_stat, (), (id, kind, size, cumulative_size, links, mode, mtime))

/// Describes what a path leads to.
struct stat {
  using reply = node_stat;
  static constexpr bool idempotent = true;
  std::string path;
};
BOOST_DESCRIBE_STRUCT(stat, (), (path))

/// The CID of what a path leads to.
struct resolve {
  using reply = cid;
  static constexpr bool idempotent = true;
  std::string path;
};
BOOST_DESCRIBE_STRUCT(resolve, (), (path))

} // namespace pillar::ipfs
