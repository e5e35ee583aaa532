#include "actors/standard.hpp"

#include "actors/db/db_worker.hpp"
#include "actors/db/memory_store.hpp"
#include "actors/db/sqlite_store.hpp"
#include "actors/ipfs/embedded_ipfs.hpp"
#include "actors/ipfs/ipfs_worker.hpp"
#include "actors/key_manager/key_manager_worker.hpp"
#include "actors/key_manager/passphrase.hpp"

#include <mutex>

namespace pillar {

namespace {

/// One engine for several workers: opened by the first that starts, and again when it could not be opened.
template <class Engine> class shared_engine {
public:
  explicit shared_engine(std::function<std::shared_ptr<Engine>()> open) : open_(std::move(open)) {}
  std::shared_ptr<Engine> get() {
    std::lock_guard lock{mutex_};
    if (!engine_) engine_ = open_();
    return engine_;
  }

private:
  std::function<std::shared_ptr<Engine>()> open_;
  std::mutex mutex_;
  std::shared_ptr<Engine> engine_;
};

void serve_ipfs(node& on, std::function<std::shared_ptr<ipfs::embedded_ipfs>()> open, std::size_t workers) {
  auto engine = std::make_shared<shared_engine<ipfs::embedded_ipfs>>(std::move(open));
  on.provide<ipfs::ipfs_worker>({.workers = workers}, [engine] { return engine->get(); });
}

void serve_keys(node& on, key_manager::passphrase_source passphrases, std::string user_id) {
  auto shared = std::make_shared<const key_manager::passphrase_source>(std::move(passphrases));
  on.provide<key_manager::key_manager_worker>({}, shared, std::move(user_id));
}

} // namespace

option_table standard_options() {
  return {
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
  auto open = [&on]() -> std::shared_ptr<ipfs::embedded_ipfs> {
    ipfs::embedded_options options;
    options.agent = "pillar/" PILLAR_VERSION;
    auto engine = ipfs::embedded_ipfs::open(on.data() / "ipfs", std::move(options));
    for (auto& note : engine->notes()) on.log().log(log_level::warning, "ipfs", 0, note);
    return engine;
  };
  serve_ipfs(on, open, static_cast<std::size_t>(on.settings().integer("ipfs.workers")));
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
