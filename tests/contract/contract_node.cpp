#include "tests/contract/contract_node.hpp"

#include "actors/db/db_worker.hpp"
#include "actors/db/sqlite_store.hpp"
#include "actors/ipfs/embedded_ipfs.hpp"
#include "actors/ipfs/kubo_ipfs.hpp"
#include "actors/key_manager/key_manager_worker.hpp"
#include "actors/key_manager/passphrase.hpp"
#include "actors/standard.hpp"

#include <fstream>
#include <iterator>
#include <random>

namespace pillar::test {

namespace fs = std::filesystem;

contract_node::contract_node(backend kind) : kind_(kind) {
  fs::create_directories(path());
  if (kind_ == backend::kubo) daemon_ = std::make_unique<kubo_daemon>();
  start();
}

void contract_node::start() {
  auto settings = testing::deterministic_node::quiet_settings();
  settings.set("node.data", data());
  if (kind_ == backend::kubo) {
    environment outside;
    outside.log = logger::to_function(log_level::off, [](const log_record&) {});
    real_ = std::make_unique<pillar::node>(std::move(settings), std::move(outside));
  } else {
    node_ = std::make_unique<testing::deterministic_node>(0, std::move(settings));
  }
  provide(node());
  node().start();
}

void contract_node::provide(pillar::node& to) {
  if (kind_ == backend::memory) return provide_memory_workers(to);
  if (kind_ == backend::kubo)
    return serve_ipfs(
        to,
        [this]() -> std::shared_ptr<ipfs::backend> {
          return ipfs::kubo_ipfs::open({.client = {.repository = daemon_->repository()}, .search = {.offline = true}});
        },
        2);
  // As provide_standard_workers does it, but on disks that can fail.
  serve_ipfs(to, [this]() -> std::shared_ptr<ipfs::backend> {
    return ipfs::embedded_ipfs::open(data() / "ipfs", {.files = &files});
  });
  to.provide<db::db_worker>({}, [this]() -> std::shared_ptr<db::document_store> {
    return db::sqlite_store::open(data() / "documents.sqlite", {.vfs = disk.name()});
  });
  auto passphrases = std::make_shared<const key_manager::passphrase_source>(
      key_manager::passphrase_places{.file = {}, .directory = data()});
  to.provide<key_manager::key_manager_worker>({}, passphrases, "contract");
}

void contract_node::stop() {
  node_.reset();
  real_.reset();
}

void contract_node::restart() {
  REQUIRE(kind_ == backend::disk);
  stop();
  start();
}

void with_every_backend(const std::function<void(contract_node&)>& test) {
  SUBCASE("in memory") {
    contract_node node(backend::memory);
    test(node);
  }
  SUBCASE("on a disk") {
    contract_node node(backend::disk);
    test(node);
  }
}

void with_every_ipfs(const std::function<void(contract_node&)>& test) {
  with_every_backend(test);
  SUBCASE("by Kubo") {
    contract_node node(backend::kubo);
    test(node);
  }
}

void spoil(const fs::path& directory, std::string_view content) {
  for (auto& file : fs::recursive_directory_iterator(directory)) {
    if (!file.is_regular_file()) continue;
    auto all = read_file(file.path());
    auto at = all.find(content);
    if (at == all.npos) continue;
    all[at + content.size() / 2] ^= 1;
    std::fstream to(file.path(), std::ios::binary | std::ios::in | std::ios::out);
    to.write(all.data(), static_cast<std::streamsize>(all.size()));
    REQUIRE(to.flush());
    return;
  }
  FAIL("no file holds the content");
}

std::string noise(std::size_t size, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::string all(size, '\0');
  for (auto& byte : all) byte = static_cast<char>(random());
  return all;
}

void write_file(const fs::path& file, std::string_view content) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
}

std::string read_file(const fs::path& file) {
  std::ifstream from(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(from), {}};
}

} // namespace pillar::test
