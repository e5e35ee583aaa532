/// The embedded IPFS engine: files in, content identifiers out, on a block store in this process. No daemon, no actor.
#pragma once

#include "actors/ipfs/import_options.hpp"
#include "interfaces/ipfs.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace pillar::ipfs {

namespace engine {
class block_store;
class file_reader;
class file_system;
class thread_pool;
} // namespace engine

struct embedded_options {
  std::string agent = "pillar";            ///< what get_id answers beside the identity
  engine::import_options import = {};      ///< how content is cut, hashed and linked
  std::uint64_t segment_size = 1ull << 30; ///< bytes after which the store begins a new segment
  unsigned hash_threads = 0;               ///< 0: one for each core, at most 8
  engine::file_system* files = nullptr;    ///< system calls, for tests that make them fail; must outlive the engine
};

/// How one add or get is to be done.
struct add_options {
  bool pin = true;
  bool hidden = false;       ///< take files and directories whose names begin with a dot, too
  std::stop_token stop = {}; ///< checked at every block; a stopped add or get fails with `cancelled`
};

/// Reads the content of one file, piece by piece. Movable; one thread at a time; keeps the store alive.
class content_reader {
public:
  explicit content_reader(std::unique_ptr<engine::file_reader> reader);
  content_reader(content_reader&&) noexcept;
  content_reader& operator=(content_reader&&) noexcept;
  ~content_reader();

  /// The next piece: 1 byte to 1 MiB, verified against its CID; none at the end. Throws not_found or damaged, naming
  /// the block; then the pieces before were right and no more follow.
  std::optional<bytes> next();

private:
  std::unique_ptr<engine::file_reader> reader_;
};

/// Adds, reads and describes content. Every function may be called from several threads at once: reads run side by
/// side, and adds that come together share one sync of the disk. Errors are thrown as `failure`, with the codes that
/// the contract in interfaces/ipfs.hpp names; no other exception leaves the engine. A failure spoils nothing but its
/// own request: what was acknowledged stays, and the engine goes on.
class embedded_ipfs {
public:
  /// Opens the repository in `directory`, or makes one where there is none or an empty directory. What a crash left
  /// half written is put right first. Throws in_use (naming the process that holds it), unsupported (made by a newer
  /// program), bad_request (the directory holds something else), read_only, storage_full, io_error.
  static std::unique_ptr<embedded_ipfs> open(const std::filesystem::path& directory, embedded_options options = {});

  /// The same on a store that lives and dies with the object.
  static std::unique_ptr<embedded_ipfs> in_memory(embedded_options options = {});

  ~embedded_ipfs();
  embedded_ipfs(const embedded_ipfs&) = delete;
  embedded_ipfs& operator=(const embedded_ipfs&) = delete;

  /// Stores text as a file. When this returns, it is durable. Throws too_large (over 1 MiB), storage_full, read_only.
  cid add_str(std::string_view text, bool pin = true);

  /// Stores a regular file, a symbolic link, or a directory with everything in it. When this returns, all of it is
  /// durable; nothing is pinned unless all of it could be read. Throws not_found, bad_request (a device, socket or
  /// pipe), storage_full, read_only, io_error, cancelled.
  added add_file(const std::filesystem::path& path, const add_options& options = {});

  /// Opens a file's content from byte `offset`, at most `length` bytes. `path` is a CID, `/ipfs/CID` or `CID/name/...`.
  /// Throws bad_request (no CID, or a directory), not_found, damaged, unsupported.
  content_reader open_reader(std::string_view path, std::uint64_t offset = 0, std::optional<std::uint64_t> length = {});

  /// Writes a file or directory tree into the existing directory `into`, under `name` (by default the last part of
  /// `path`). It appears whole, under its name, or not at all. No name in it may lead out of it, a symbolic link that
  /// points out of it is refused, and nothing that exists is overwritten. Throws bad_request, not_found,
  /// already_exists, damaged, storage_full, read_only, too_large, cancelled.
  written get_file(std::string_view path, const std::filesystem::path& into, std::string_view name = {},
                   std::stop_token stop = {});

  /// Describes what a path leads to. Throws bad_request, not_found, damaged, unsupported.
  node_stat stat(std::string_view path);

  /// Who this store is.
  ipfs::identity identity() const;

  /// Whether `root` is pinned. Throws bad_request (no CID).
  bool is_pinned(std::string_view root);

  /// What opening had to put right after a crash or damage, in sentences for a log; empty as a rule.
  const std::vector<std::string>& notes() const { return notes_; }

private:
  embedded_ipfs(std::shared_ptr<engine::block_store> store, embedded_options options);

  engine::file_system& files() const;

  embedded_options options_;
  std::vector<std::string> notes_;
  std::shared_ptr<engine::block_store> store_;
  std::unique_ptr<engine::thread_pool> hashers_;
};

} // namespace pillar::ipfs
