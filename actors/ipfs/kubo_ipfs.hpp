/// The Kubo IPFS engine: the requests of ipfs::service, and more, answered by a real daemon. It need not be trusted:
/// what is read is verified here, and what it adds must get the CID that is computed here.
#pragma once

#include "actors/ipfs/embedded_ipfs.hpp"
#include "actors/ipfs/import_options.hpp"
#include "actors/ipfs/kubo_block_store.hpp"
#include "actors/ipfs/kubo_client.hpp"
#include "actors/ipfs/kubo_subscription.hpp"
#include "interfaces/ipfs.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace pillar::ipfs {

struct kubo_options {
  engine::kubo_client_options client = {}; ///< where the daemon is, and what it may take
  engine::import_options import = {};      ///< how the daemon is to cut, hash and link content
  engine::kubo_search search = {};         ///< where and how long blocks are looked for
  unsigned hash_threads = 0;               ///< that compute CIDs to compare; 0: one for each core, at most 8
  engine::file_system* files = nullptr;    ///< system calls, for tests that make them fail; must outlive the engine
};

enum class kubo_pin_kind : std::uint8_t { recursive, direct, indirect };

struct kubo_pin {
  cid root;
  kubo_pin_kind kind = kubo_pin_kind::recursive;
  std::string name = {};
  bool operator==(const kubo_pin&) const = default;
};

struct kubo_pin_filter {
  std::optional<kubo_pin_kind> kind = {}; ///< every kind without one; listing indirect pins walks through all trees
  std::string name = {};                  ///< a part of the name; empty: any
};

struct kubo_repo_stat {
  std::uint64_t objects = 0;
  std::uint64_t size = 0;    ///< bytes
  std::uint64_t maximum = 0; ///< bytes after which the daemon collects garbage, if it does so by itself
  std::string path = {};
  std::string version = {}; ///< "fs-repo@18"
};

struct kubo_imported {
  std::vector<cid> roots = {}; ///< that the archive names
  std::uint64_t blocks = 0;
  std::uint64_t size = 0; ///< bytes of blocks
};

/// Same shape and same rules as embedded_ipfs. Every function blocks, and may be called from several threads at once;
/// a stop closes its connection at once. Errors are thrown as `failure`, with the codes that the contract names, and
/// with those of a daemon: unavailable (it is not there, or the connection broke), expired (it hangs), not_granted (it
/// refuses), cancelled, io_error (it says something that is not known here). How durable an add is decides the
/// daemon's configuration.
class kubo_ipfs {
public:
  /// Finds the daemon, and asks who it is. Throws unavailable, not_granted, unsupported (too old, or no Kubo),
  /// bad_request (an option).
  static std::unique_ptr<kubo_ipfs> open(kubo_options options = {});

  ~kubo_ipfs();
  kubo_ipfs(const kubo_ipfs&) = delete;
  kubo_ipfs& operator=(const kubo_ipfs&) = delete;

  // --- as embedded_ipfs ---

  /// Throws incompatible, here and below, when the daemon gives the content another CID than the options lead to.
  cid add_str(std::string_view text, bool pin = true);
  added add_file(const std::filesystem::path& path, const add_options& options = {});
  content_reader open_reader(std::string_view path, std::uint64_t offset = 0, std::optional<std::uint64_t> length = {},
                             std::stop_token stop = {});
  written get_file(std::string_view path, const std::filesystem::path& into, std::string_view name = {},
                   std::stop_token stop = {});
  node_stat stat(std::string_view path, std::stop_token stop = {});
  ipfs::identity identity() const { return identity_; } ///< the daemon's peer id and program, as they were at `open`
  bool is_pinned(std::string_view root);

  // --- more ---

  /// Stores content that comes piece by piece, of any length. `content` fills its buffer, but for the last time.
  added add_stream(const std::function<std::size_t(std::span<std::byte>)>& content, const add_options& options = {});

  /// The CID that a path leads to.
  cid resolve(std::string_view path, std::stop_token stop = {});

  /// Pins what a path leads to, and fetches what is missing of it. Throws not_found when for the time of the search
  /// nothing more comes, conflict (a direct pin of what is pinned with all below it), too_large (a name over 255
  /// bytes).
  void pin_add(std::string_view path, bool recursive = true, std::string_view name = {}, std::stop_token stop = {});

  /// Throws not_found when it is not pinned so, or only through something else.
  void pin_rm(std::string_view root, bool recursive = true, std::stop_token stop = {});

  /// Calls `visit` with every pin.
  void for_each_pin(const kubo_pin_filter& filter, const std::function<void(const kubo_pin&)>& visit,
                    std::stop_token stop = {});

  /// A block's bytes, verified; of at most 2 MiB.
  bytes block_get(std::string_view id, std::stop_token stop = {});

  /// Stores a block with the hash function of the import's options. Throws too_large (over 2 MiB).
  cid block_put(engine::bytes_view block, engine::codec codec = engine::codec::raw, bool pin = false,
                std::stop_token stop = {});

  /// A block's size, if the daemon has it in its own store.
  std::optional<std::uint64_t> block_size(std::string_view id, std::stop_token stop = {});

  /// Removes a block from the daemon's store. Throws not_found, conflict (it is pinned).
  void block_rm(std::string_view id, std::stop_token stop = {});

  /// Everything below and including a root, as CARv1, in pieces. Every block is verified before it is handed out.
  void dag_export(std::string_view root, const std::function<void(engine::bytes_view)>& to, std::stop_token stop = {});

  /// Stores the blocks of an archive, and pins its roots if wanted. `content` as with add_stream. Throws bad_request or
  /// io_error for what is no sound archive, and not_found when a root that is to be pinned is not all there.
  kubo_imported dag_import(const std::function<std::size_t(std::span<std::byte>)>& content, bool pin_roots = true,
                           std::stop_token stop = {});

  /// Takes long on a large repository, unless only its size is wanted: then `objects` stays 0.
  kubo_repo_stat repo_stat(bool size_only = false, std::stop_token stop = {});

  /// Removes what is not pinned, calls `removed` with every block, and returns their number.
  std::uint64_t gc(const std::function<void(const cid&)>& removed = {}, std::stop_token stop = {});

  /// Lets the daemon hash every block that it has, calls `unsound` with each that is damaged and what the daemon says
  /// of it, and returns the number of all. Nothing is removed.
  std::uint64_t verify(const std::function<void(const cid&, std::string_view)>& unsound, std::stop_token stop = {});

  /// Sends a message to who is subscribed to the topic. Throws unsupported (the daemon's pub/sub is off), too_large
  /// (over 1 MiB), bad_request (no topic, or one over 1 KiB).
  void publish(std::string_view topic, engine::bytes_view data, std::stop_token stop = {});

  /// Subscribes; from when this returns, no message that reaches the daemon is missed while it runs. Their order is
  /// that in which they reach it, which need not be the sender's. Throws as publish. It may outlive the engine.
  std::unique_ptr<kubo_subscription> subscribe(std::string_view topic, kubo_subscription_options options = {});

private:
  kubo_ipfs(kubo_options options, std::shared_ptr<const engine::kubo_client> client);

  std::shared_ptr<engine::kubo_block_store> blocks(std::stop_token stop) const;
  engine::file_system& files() const;
  engine::http_fields add_arguments(bool pin) const;
  void check_added(const engine::kubo_place& at, const engine::content_id& expected, std::string_view got) const;

  kubo_options options_;
  std::shared_ptr<const engine::kubo_client> client_;
  std::unique_ptr<engine::thread_pool> hashers_;
  ipfs::identity identity_;
};

} // namespace pillar::ipfs
