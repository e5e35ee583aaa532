/// IPFS: content addressed files. What is added is durable before the answer, and what is read is verified against its
/// CID. CIDs are those of `ipfs add` with its default options.
#pragma once

#include "interfaces/interface.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace pillar::ipfs {

/// A content identifier as text: CIDv0 ("Qm...") or CIDv1 in any multibase.
struct cid {
  std::string text;
  auto operator<=>(const cid&) const = default;
};
BOOST_DESCRIBE_STRUCT(cid, (), (text))

/// Stores text as a UnixFS file and pins it. Any bytes will do; at most 1 MiB. Errors: too_large, storage_full,
/// read_only.
struct add_str {
  using reply = cid;
  std::string text;
  bool pin = true;
};
BOOST_DESCRIBE_STRUCT(add_str, (), (text, pin))

/// What an add made. `size` counts the bytes of file content, `files` the regular files and symbolic links.
struct added {
  cid root;
  std::uint64_t files = 0;
  std::uint64_t size = 0;
  bool operator==(const added&) const = default;
};
BOOST_DESCRIBE_STRUCT(added, (), (root, files, size))

/// Stores a regular file, or a directory with everything in it (hidden files only when asked for), from the file system
/// of the worker's node, and pins the root. Errors: not_found, bad_request (a device or socket), storage_full,
/// read_only, io_error. Nothing is pinned unless all of it could be read.
struct add_file {
  using reply = added;
  std::filesystem::path path;
  bool pin = true;
  bool hidden = false;
};
BOOST_DESCRIBE_STRUCT(add_file, (), (path, pin, hidden))

/// The content of a file, in pieces of at most 1 MiB, from byte `offset`, at most `length` bytes. `path` is a CID,
/// `/ipfs/CID` or `CID/name/...`. Errors: bad_request (no CID, a directory, or a name below a file), not_found,
/// damaged, unsupported (an IPNS name, or content that is no file); they may come after some pieces, which were
/// verified all the same.
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
/// `path`). No name in the tree may lead out of it, no symbolic link is followed or may point outside, and nothing
/// that exists is overwritten; when it fails nothing is left behind. Errors: bad_request, not_found, already_exists,
/// damaged, unsupported, storage_full, read_only.
struct get_file {
  using reply = written;
  std::string path;
  std::filesystem::path into;
  std::string name = {};
};
BOOST_DESCRIBE_STRUCT(get_file, (), (path, into, name))

enum class kind : std::uint8_t { file, directory, symlink, raw };
BOOST_DESCRIBE_ENUM(kind, file, directory, symlink, raw)

/// `size`: bytes of content (0 for a directory). `cumulative_size`: bytes of all blocks below and including this one,
/// as its links declare them. `links`: of the root block.
struct node_stat {
  cid id;
  ipfs::kind kind = kind::file;
  std::uint64_t size = 0;
  std::uint64_t cumulative_size = 0;
  std::uint64_t links = 0;
  bool operator==(const node_stat&) const = default;
};
BOOST_DESCRIBE_STRUCT(node_stat, (), (id, kind, size, cumulative_size, links))

/// Describes what a path leads to. Errors: bad_request, not_found, damaged, unsupported.
struct stat {
  using reply = node_stat;
  static constexpr bool idempotent = true;
  std::string path;
};
BOOST_DESCRIBE_STRUCT(stat, (), (path))

/// Who answers: `id` is the store's own random identity, made when it was created; `agent` names program and version.
struct identity {
  std::string id;
  std::string agent;
  bool operator==(const identity&) const = default;
};
BOOST_DESCRIBE_STRUCT(identity, (), (id, agent))

/// The identity of the store behind the worker.
struct get_id {
  using reply = identity;
  static constexpr bool idempotent = true;
};
BOOST_DESCRIBE_STRUCT(get_id, (), ())

struct service : interface<"ipfs", add_str, add_file, cat, get_file, stat, get_id> {};
struct reader : narrow<service, cat, get_file, stat, get_id> {};

} // namespace pillar::ipfs

extern template struct pillar::wire<pillar::ipfs::service>;
