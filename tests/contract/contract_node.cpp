#include "tests/contract/contract_node.hpp"

#include "actors/db/db_worker.hpp"
#include "actors/db/sqlite_store.hpp"
#include "actors/ipfs/embedded_ipfs.hpp"
#include "actors/ipfs/ipfs_worker.hpp"
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
  start();
}

void contract_node::start() {
  auto settings = testing::deterministic_node::quiet_settings();
  settings.set("node.data", data());
  node_ = std::make_unique<testing::deterministic_node>(0, std::move(settings));
  auto& node = node_->node();
  if (kind_ == backend::memory) {
    provide_memory_workers(node);
  } else { // as provide_standard_workers does it, but on disks that can fail
    node.provide<ipfs::ipfs_worker>({}, [this]() -> std::shared_ptr<ipfs::embedded_ipfs> {
      return ipfs::embedded_ipfs::open(data() / "ipfs", {.files = &files});
    });
    node.provide<db::db_worker>({}, [this]() -> std::shared_ptr<db::document_store> {
      return db::sqlite_store::open(data() / "documents.sqlite", {.vfs = disk.name()});
    });
    auto passphrases = std::make_shared<const key_manager::passphrase_source>(
        key_manager::passphrase_places{.file = {}, .directory = data()});
    node.provide<key_manager::key_manager_worker>({}, passphrases, "contract");
  }
  node.start();
}

void contract_node::restart() {
  REQUIRE(kind_ == backend::disk);
  node_.reset();
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
