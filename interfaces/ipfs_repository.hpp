/// IPFS, repository: the blocks behind the content, what is kept of them, and archives of them.
#pragma once

#include "interfaces/ipfs_content.hpp"

namespace pillar::ipfs {

// --- blocks ---

struct block_info {
  cid id;
  std::uint64_t size = 0; ///< bytes
  bool operator==(const block_info&) const = default;
};
BOOST_DESCRIBE_STRUCT(block_info, (), (id, size))

/// Stores a block of at most 2 MiB. `codec`: "raw", "dag-pb", "dag-cbor" or "dag-json"; the bytes are not looked at.
/// Errors: too_large, bad_request (codec or hash), storage_full, read_only.
struct block_put {
  using reply = block_info;
  bytes data;
  std::string codec = "raw";
  std::string hash = "sha2-256";
  bool pin = false;
};
BOOST_DESCRIBE_STRUCT(block_put, (), (data, codec, hash, pin))

/// A block, verified. Errors: bad_request, not_found, damaged.
struct block_get {
  using reply = bytes;
  static constexpr bool idempotent = true;
  cid id;
};
BOOST_DESCRIBE_STRUCT(block_get, (), (id))

/// A block's size, without reading it. Errors: bad_request, not_found.
struct block_stat {
  using reply = block_info;
  static constexpr bool idempotent = true;
  cid id;
};
BOOST_DESCRIBE_STRUCT(block_stat, (), (id))

/// Removes a block. Errors: not_found, conflict (it is pinned: how, is said).
struct block_rm {
  using reply = void;
  cid id;
};
BOOST_DESCRIBE_STRUCT(block_rm, (), (id))

// --- archives ---

/// Everything below and including what a path leads to, as CARv1 (one root, depth first, each block once), in pieces
/// of at most 1 MiB. Every block is verified. Errors: those of a path; they may come after some pieces.
struct dag_export {
  using reply = stream<bytes>;
  std::string path;
};
BOOST_DESCRIBE_STRUCT(dag_export, (), (path))

/// What an archive held.
struct imported {
  std::vector<cid> roots = {}; ///< as it names them
  std::uint64_t blocks = 0;
  std::uint64_t size = 0; ///< bytes of blocks
  bool operator==(const imported&) const = default;
};
BOOST_DESCRIBE_STRUCT(imported, (), (roots, blocks, size))

/// Stores the blocks of an archive, CARv1 or CARv2, that lies in the file system of the worker's node. Every block is
/// verified first. Errors: not_found (no such file; or a block below a root that is to be pinned), bad_request (no
/// archive), damaged (a block that does not verify, or an archive that ends too early), storage_full, read_only: no
/// root is pinned then.
struct dag_import {
  using reply = imported;
  std::filesystem::path path;
  bool pin_roots = true;
};
BOOST_DESCRIBE_STRUCT(dag_import, (), (path, pin_roots))

// --- pins ---

/// Recursive: with everything below it. Direct: the block alone. Indirect: through a recursive pin above it.
enum class pin_kind : std::uint8_t { recursive, direct, indirect };
BOOST_DESCRIBE_ENUM(pin_kind, recursive, direct, indirect)

struct pinned {
  cid id;
  pin_kind kind = pin_kind::recursive;
  std::string name = {};
  bool operator==(const pinned&) const = default;
};
BOOST_DESCRIBE_STRUCT(pinned, (), (id, kind, name))

/// Keeps what a path leads to from being collected. Pinned again, it gets the new name; a direct pin becomes a
/// recursive one. Errors: those of a path, not_found when a block below is missing, conflict (direct, where a recursive
/// pin is), too_large (a name over 255 bytes).
struct pin_add {
  using reply = cid;
  std::string path;
  bool recursive = true;
  std::string name = {};
};
BOOST_DESCRIBE_STRUCT(pin_add, (), (path, recursive, name))

/// Errors: not_found when it is not pinned so, or only through something else.
struct pin_rm {
  using reply = cid;
  std::string path;
  bool recursive = true;
};
BOOST_DESCRIBE_STRUCT(pin_rm, (), (path, recursive))

/// Every pin that fits. Indirect ones are listed only when asked for by kind or path: that walks through the trees.
/// Errors: not_found when the path is not pinned.
struct pin_ls {
  using reply = stream<pinned>;
  std::optional<pin_kind> kind = {};
  std::string path = {}; ///< only this one
  std::string name = {}; ///< a part of the name
};
BOOST_DESCRIBE_STRUCT(pin_ls, (), (kind, path, name))

// --- care ---

/// Removes every block that no pin keeps, and says which. Other requests go on meanwhile.
struct gc {
  using reply = stream<cid>;
};
BOOST_DESCRIBE_STRUCT(gc, (), ())

/// How far a verify is, or a block that is damaged and why.
struct verified {
  std::uint64_t blocks = 0; ///< read so far
  std::optional<cid> damaged = {};
  std::string problem = {};
  bool operator==(const verified&) const = default;
};
BOOST_DESCRIBE_STRUCT(verified, (), (blocks, damaged, problem))

/// Reads and hashes every block. The last item has the number of all.
struct verify {
  using reply = stream<verified>;
};
BOOST_DESCRIBE_STRUCT(verify, (), ())

struct repository_stat {
  std::uint64_t blocks = 0;
  std::uint64_t size = 0; ///< bytes that it takes on its disk
  std::filesystem::path path = {};
  std::string version = {}; ///< of its format
  bool operator==(const repository_stat&) const = default;
};
BOOST_DESCRIBE_STRUCT(repository_stat, (), (blocks, size, path, version))

struct repo_stat {
  using reply = repository_stat;
  static constexpr bool idempotent = true;
};
BOOST_DESCRIBE_STRUCT(repo_stat, (), ())

/// Who answers: `id` is the store's own random identity, made when it was created; or the daemon's peer id. `agent`
/// names program and version.
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

} // namespace pillar::ipfs
