/// The embedded IPFS engine: files in, content identifiers out, on a block store in this process. No daemon, no actor.
#pragma once

#include "actors/ipfs/backend.hpp"
#include "actors/ipfs/files/import_options.hpp"
#include "actors/ipfs/topic_hub.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace pillar::ipfs {

namespace engine {
class block_store;
class file_system;
class thread_pool;
} // namespace engine

struct embedded_options {
  std::string agent = "pillar";            ///< what get_id answers beside the identity
  engine::import_options import = {};      ///< how content is cut, hashed and linked, unless an add says otherwise
  std::uint64_t segment_size = 1ull << 30; ///< bytes after which the store begins a new segment
  std::size_t block_cache = 16 << 20;      ///< bytes for blocks of up to 64 KiB that were read lately; 0: none
  unsigned hash_threads = 0;               ///< 0: one for each core, at most 8
  engine::file_system* files = nullptr;    ///< system calls, for tests that make them fail; must outlive the engine
};

/// Reads run side by side, and adds that come together share one sync of the disk.
class embedded_ipfs final : public backend {
public:
  /// Opens the repository in `directory`, or makes one where there is none or an empty directory. What a crash left
  /// half written is put right first. Throws in_use (naming the process that holds it), unsupported (made by a newer
  /// program), bad_request (the directory holds something else), read_only, storage_full, io_error.
  static std::unique_ptr<embedded_ipfs> open(const std::filesystem::path& directory, embedded_options options = {});

  /// The same on a store that lives and dies with the object.
  static std::unique_ptr<embedded_ipfs> in_memory(embedded_options options = {});

  ~embedded_ipfs() override;

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
  std::optional<bytes> block_at_once(const cid& id) override;
  block_info block_stat(const cid& id, std::stop_token stop) override;
  void block_rm(const cid& id, std::stop_token stop) override;
  void dag_export(std::string_view path, const std::function<void(engine::bytes_view)>& to,
                  std::stop_token stop) override;
  imported dag_import(const std::filesystem::path& archive, bool pin_roots, std::stop_token stop) override;

  cid pin_add(std::string_view path, bool recursive, std::string_view name, std::stop_token stop) override;
  cid pin_rm(std::string_view path, bool recursive, std::stop_token stop) override;
  void pin_ls(const pin_filter& filter, const std::function<void(const pinned&)>& visit, std::stop_token stop) override;

  void gc(const std::function<void(const cid&)>& removed, std::stop_token stop) override;
  void verify(const std::function<void(const verified&)>& tell, std::stop_token stop) override;
  repository_stat repo_stat(std::stop_token stop) override;
  ipfs::identity identity() override;
  const std::vector<std::string>& notes() const override { return notes_; }

  bool publishing_blocks() const override { return false; }
  void publish(std::string_view topic, engine::bytes_view data, std::stop_token stop) override;
  std::unique_ptr<subscription> subscribe(std::string_view topic, std::function<void()> notify,
                                          std::stop_token stop) override;

private:
  class adding;

  embedded_ipfs(std::shared_ptr<engine::block_store> store, embedded_options options);

  engine::content_id locate(std::string_view path) const;
  engine::file_system& files() const;

  embedded_options options_;
  std::vector<std::string> notes_;
  std::shared_ptr<engine::block_store> store_;
  std::shared_ptr<engine::thread_pool> hashers_;
  topic_hub topics_;
};

} // namespace pillar::ipfs
