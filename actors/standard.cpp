#include "actors/standard.hpp"

#include "actors/db/db_worker.hpp"
#include "actors/db/memory_store.hpp"
#include "actors/db/sqlite_store.hpp"
#include "actors/ipfs/embedded_ipfs.hpp"
#include "actors/ipfs/ipfs_worker.hpp"
#include "actors/ipfs/kubo_ipfs.hpp"
#include "actors/ipfs/upload_table.hpp"
#include "actors/key_manager/key_manager_worker.hpp"
#include "actors/key_manager/passphrase.hpp"

#include <chrono>
#include <mutex>

namespace pillar {

using namespace std::chrono_literals;

namespace {

/// One backend for several workers: opened by the first that starts, and again when it could not be opened.
class shared_backend {
public:
  explicit shared_backend(std::function<std::shared_ptr<ipfs::backend>()> open) : open_(std::move(open)) {}
  ipfs::served_backend get() {
    std::lock_guard lock{mutex_};
    if (!served_.engine) {
      auto engine = open_();
      served_ = {engine, std::make_shared<ipfs::upload_table>(engine)};
    }
    return served_;
  }

private:
  std::function<std::shared_ptr<ipfs::backend>()> open_;
  std::mutex mutex_;
  ipfs::served_backend served_;
};

std::shared_ptr<ipfs::backend> open_embedded(node& on) {
  ipfs::embedded_options options;
  options.agent = "pillar/" PILLAR_VERSION;
  options.block_cache = on.settings().size("ipfs.block-cache");
  auto engine = ipfs::embedded_ipfs::open(on.data() / "ipfs", std::move(options));
  for (auto& note : engine->notes()) on.log().log(log_level::warning, "ipfs", 0, note);
  return engine;
}

std::shared_ptr<ipfs::backend> open_kubo(node& on) {
  using std::chrono::milliseconds;
  auto& c = on.settings();
  auto duration = [&](const char* name) { return std::chrono::duration_cast<milliseconds>(c.duration(name)); };
  ipfs::kubo_options options;
  options.client.api = c.text("ipfs.kubo.api");
  options.client.token = c.text("ipfs.kubo.token");
  options.client.agent = "pillar/" PILLAR_VERSION;
  options.client.limits.connect = duration("ipfs.kubo.connect-timeout");
  options.client.limits.first_byte = options.client.limits.idle = duration("ipfs.kubo.request-timeout");
  options.search.time = duration("ipfs.kubo.search-timeout");
  options.search.offline = c.flag("ipfs.kubo.offline");
  return ipfs::kubo_ipfs::open(std::move(options));
}

void serve_keys(node& on, key_manager::passphrase_source passphrases, std::string user_id) {
  auto shared = std::make_shared<const key_manager::passphrase_source>(std::move(passphrases));
  on.provide<key_manager::key_manager_worker>({}, shared, std::move(user_id));
}

} // namespace

option_table standard_options() {
  return {
      option::choice("ipfs.backend", "embedded", {"embedded", "kubo"},
                     "Who keeps IPFS's blocks: a store in the node's data directory, or a Kubo daemon."),
      option::size("ipfs.block-cache", 16 << 20,
                   "Memory for small blocks that were read lately, of the store in the data directory; 0 for none.",
                   {0, 64ull << 30}),
      option::text(
          "ipfs.kubo.api", "",
          "The daemon's RPC API: /ip4/127.0.0.1/tcp/5001, http://127.0.0.1:5001, host:port or /unix/PATH; empty "
          "for what is in $IPFS_PATH/api, or in ~/.ipfs/api."),
      option::text("ipfs.kubo.token", "",
                   "The secret that the daemon's API.Authorizations asks for: bearer:TOKEN, basic:USER:PASSWORD, or a "
                   "bearer token."),
      option::duration("ipfs.kubo.connect-timeout", 5s, "How long connecting to the daemon may take.", {1ms}),
      option::duration("ipfs.kubo.request-timeout", 60s, "How long the daemon may be silent in the midst of a request.",
                       {1ms}),
      option::duration("ipfs.kubo.search-timeout", 30s, "How long the daemon may look for a block on the network.",
                       {1ms}),
      option::flag("ipfs.kubo.offline", false, "Whether the daemon looks for blocks in its own store only."),
      option::integer("ipfs.workers", 2, {1, 64}, "workers", "How many requests of IPFS's may be decoded at once."),
      option::text("key-manager.user-id", "", "The name in new keys; empty for the node's name."),
      option::path("key-manager.passphrase-file", "",
                   "A file with the passphrase that protects the private keys; empty to look elsewhere for one."),
  };
}

void provide_standard_workers(node& on) {
  on.settings().declare(standard_options());
  if (on.settings().help_requested()) return;
  provide_ipfs(on);
  provide_db(on);
  provide_key_manager(on);
}

void provide_ipfs(node& on) {
  auto& c = on.settings();
  auto open = c.text("ipfs.backend") == "kubo" ? open_kubo : open_embedded;
  serve_ipfs(on, [&on, open] { return open(on); }, static_cast<std::size_t>(c.integer("ipfs.workers")));
}

void serve_ipfs(node& on, std::function<std::shared_ptr<ipfs::backend>()> open, std::size_t workers) {
  auto shared = std::make_shared<shared_backend>(std::move(open));
  on.provide<ipfs::ipfs_worker>({.workers = workers}, [shared] { return shared->get(); });
}

void provide_db(node& on) {
  on.provide<db::db_worker>({}, [&on]() -> std::shared_ptr<db::document_store> {
    return db::sqlite_store::open(on.data() / "db" / "documents.sqlite");
  });
}

void provide_key_manager(node& on) {
  auto& c = on.settings();
  auto user_id = c.text("key-manager.user-id");
  key_manager::passphrase_places places{.file = c.path("key-manager.passphrase-file"),
                                        .directory = c.path("node.data")};
  serve_keys(on, key_manager::passphrase_source(std::move(places)), user_id.empty() ? c.text("node.name") : user_id);
}

void provide_memory_workers(node& on) {
  serve_ipfs(on, [] { return ipfs::embedded_ipfs::in_memory(); }, 1);
  // Outside of the worker, so that its documents survive a restart of the worker, as a file would.
  auto store = std::make_shared<db::memory_store>();
  on.provide<db::db_worker>({}, [store]() -> std::shared_ptr<db::document_store> { return store; });
  serve_keys(on, key_manager::passphrase_source::in_memory(), on.settings().text("node.name"));
}

} // namespace pillar
