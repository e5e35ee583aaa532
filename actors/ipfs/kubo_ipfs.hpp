/// The Kubo IPFS engine: the requests of ipfs::service, answered by a real daemon. It need not be trusted: what is read
/// is verified here, and what it adds must get the CID that is computed here.
#pragma once

#include "actors/ipfs/backend.hpp"
#include "actors/ipfs/files/import_options.hpp"
#include "actors/ipfs/kubo/kubo_block_store.hpp"
#include "actors/ipfs/kubo/kubo_client.hpp"
#include "actors/ipfs/kubo_subscription.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace pillar::ipfs {

namespace engine {
class file_system;
class thread_pool;
} // namespace engine

struct kubo_options {
  engine::kubo_client_options client = {}; ///< where the daemon is, and what it may take
  engine::import_options import = {};      ///< how content is cut, hashed and linked, unless an add says otherwise
  engine::kubo_search search = {};         ///< where and how long blocks are looked for
  kubo_reconnect reconnect = {};           ///< of subscriptions
  unsigned hash_threads = 0;               ///< that compute CIDs to compare; 0: one for each core, at most 8
  engine::file_system* files = nullptr;    ///< system calls, for tests that make them fail; must outlive the engine
};

/// A stop closes its connection at once. Beside the codes that the contract names, a failure may have those of a
/// daemon: unavailable (it is not there, or the connection broke), expired (it hangs), not_granted (it refuses),
/// incompatible (it gives content another CID than the options lead to), io_error (it says something that is not known
/// here). How durable an add is decides the daemon's configuration.
class kubo_ipfs final : public backend {
public:
  /// Finds the daemon, and asks who it is. Throws unavailable, not_granted, unsupported (too old, or no Kubo),
  /// bad_request (an option).
  static std::unique_ptr<kubo_ipfs> open(kubo_options options = {});

  ~kubo_ipfs() override;

  cid add_bytes(engine::bytes_view content, const add_options& options) override;
  added add_files(const selection& what, const add_options& options,
                  const std::function<void(const add_progress&)>& tell, std::stop_token stop) override;
  added add_stream(const engine::byte_source& content, const add_options& options, std::stop_token stop) override;
  void check(const add_options& options) const override;

  content_reader open_reader(std::string_view path, std::uint64_t offset, std::optional<std::uint64_t> length,
                             std::stop_token stop) override;
  written get_file(std::string_view path, const std::filesystem::path& into, std::string_view name,
                   std::stop_token stop) override;
  void get_archive(std::string_view path, std::string_view name, const timestamp& time,
                   const std::function<void(engine::bytes_view)>& to, std::stop_token stop) override;
  void ls(std::string_view path, const std::function<void(const entry&)>& visit, std::stop_token stop) override;
  node_stat stat(std::string_view path, std::stop_token stop) override;
  cid resolve(std::string_view path, std::stop_token stop) override;

  block_info block_put(engine::bytes_view data, std::string_view codec, std::string_view hash, bool pin) override;
  bytes block_get(const cid& id, std::stop_token stop) override;
  block_info block_stat(const cid& id, std::stop_token stop) override;
  void block_rm(const cid& id, std::stop_token stop) override;
  void dag_export(std::string_view path, const std::function<void(engine::bytes_view)>& to,
                  std::stop_token stop) override;
  imported dag_import(const std::filesystem::path& archive, bool pin_roots, std::stop_token stop) override;

  /// Fetches what is missing, as long as for the time of the search something comes.
  cid pin_add(std::string_view path, bool recursive, std::string_view name, std::stop_token stop) override;
  cid pin_rm(std::string_view path, bool recursive, std::stop_token stop) override;
  void pin_ls(const pin_filter& filter, const std::function<void(const pinned&)>& visit, std::stop_token stop) override;

  void gc(const std::function<void(const cid&)>& removed, std::stop_token stop) override;
  void verify(const std::function<void(const verified&)>& tell, std::stop_token stop) override;
  repository_stat repo_stat(std::stop_token stop) override;
  ipfs::identity identity() override { return identity_; } ///< as it was at `open`
  const std::vector<std::string>& notes() const override { return notes_; }

  bool publishing_blocks() const override { return true; }
  void publish(std::string_view topic, engine::bytes_view data, std::stop_token stop) override;
  /// The order of messages is that in which they reach the daemon, which need not be the sender's.
  std::unique_ptr<subscription> subscribe(std::string_view topic, std::function<void()> notify,
                                          std::stop_token stop) override;

private:
  kubo_ipfs(kubo_options options, std::shared_ptr<const engine::kubo_client> client);

  std::shared_ptr<engine::kubo_block_store> blocks(std::stop_token stop) const;
  engine::content_id locate(std::string_view path, std::stop_token stop) const;
  engine::file_system& files() const;
  engine::time_limits patient_limits() const;
  bool is_pinned(const engine::content_id& id, pin_kind kind, const std::stop_token& stop) const;
  void check_complete(const engine::content_id& root, const std::stop_token& stop) const;

  kubo_options options_;
  std::shared_ptr<const engine::kubo_client> client_;
  std::unique_ptr<engine::thread_pool> hashers_;
  ipfs::identity identity_;
  const std::vector<std::string> notes_;
};

} // namespace pillar::ipfs
