/// What answers ipfs::service: the embedded engine, or a client of a Kubo daemon. One worker serves from either.
#pragma once

#include "actors/ipfs/content_reader.hpp"
#include "actors/ipfs/format/bytes_view.hpp"
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

/// What of the file system is added.
struct selection {
  std::vector<std::filesystem::path> paths;
  bool hidden = false;                  ///< files and directories below whose names begin with a dot, too
  bool wrap = false;                    ///< all into one directory
  std::vector<std::string> ignore = {}; ///< rules for what is left out, as ignore_rules takes them
};

/// Which pins are listed.
struct pin_filter {
  std::optional<pin_kind> kind = {};
  std::string path = {};
  std::string name = {};
};

/// The messages of a topic, from when it was made. Thread-safe; may outlive the backend.
class subscription {
public:
  static constexpr std::size_t most_waiting = 1000;           ///< messages; then the oldest are dropped
  static constexpr std::size_t most_waiting_bytes = 16 << 20; ///< of their data

  virtual ~subscription() = default;
  /// The next message, if one is there. Throws, for good, when the subscription cannot go on.
  virtual std::optional<message> try_next() = 0;
};

/// Each function does what the request of its name promises (interfaces/ipfs_*.hpp), blocks, and may be called from
/// several threads at once. Errors are thrown as `failure`, with the codes that the contract names; no other exception
/// leaves it. A failure spoils nothing but its own request. A stop makes it fail soon, with `cancelled`. What is handed
/// to a callback comes from the calling thread; what a callback throws ends the request.
class backend {
public:
  virtual ~backend() = default;
  backend(const backend&) = delete;
  backend& operator=(const backend&) = delete;

  virtual cid add_bytes(engine::bytes_view content, const add_options& options = {}) = 0;
  cid add_str(std::string_view text, const add_options& options = {}) {
    return add_bytes(engine::view_of(text), options);
  }
  /// `tell` may be empty. Returns the last root, which with `wrap` is the only one.
  virtual added add_files(const selection& what, const add_options& options,
                          const std::function<void(const add_progress&)>& tell = {}, std::stop_token stop = {}) = 0;
  added add_file(const std::filesystem::path& path, const add_options& options = {}) {
    return add_files({.paths = {path}}, options);
  }
  virtual added add_stream(const engine::byte_source& content, const add_options& options = {},
                           std::stop_token stop = {}) = 0;
  /// Throws bad_request, as adding with them would; for a caller that has no content yet.
  virtual void check(const add_options& options) const = 0;

  virtual content_reader open_reader(std::string_view path, std::uint64_t offset = 0,
                                     std::optional<std::uint64_t> length = {}, std::stop_token stop = {}) = 0;
  virtual written get_file(std::string_view path, const std::filesystem::path& into, std::string_view name = {},
                           std::stop_token stop = {}) = 0;
  virtual void get_archive(std::string_view path, std::string_view name, const timestamp& time,
                           const std::function<void(engine::bytes_view)>& to, std::stop_token stop = {}) = 0;
  virtual void ls(std::string_view path, const std::function<void(const entry&)>& visit, std::stop_token stop = {}) = 0;
  virtual node_stat stat(std::string_view path, std::stop_token stop = {}) = 0;
  virtual cid resolve(std::string_view path, std::stop_token stop = {}) = 0;

  virtual block_info block_put(engine::bytes_view data, std::string_view codec = "raw",
                               std::string_view hash = "sha2-256", bool pin = false) = 0;
  virtual bytes block_get(const cid& id, std::stop_token stop = {}) = 0;
  /// The block when it is at hand: may be called where nothing may block. None says nothing of the repository.
  virtual std::optional<bytes> block_at_once(const cid&) { return {}; }
  virtual block_info block_stat(const cid& id, std::stop_token stop = {}) = 0;
  virtual void block_rm(const cid& id, std::stop_token stop = {}) = 0;

  virtual void dag_export(std::string_view path, const std::function<void(engine::bytes_view)>& to,
                          std::stop_token stop = {}) = 0;
  virtual imported dag_import(const std::filesystem::path& archive, bool pin_roots = true,
                              std::stop_token stop = {}) = 0;

  virtual cid pin_add(std::string_view path, bool recursive = true, std::string_view name = {},
                      std::stop_token stop = {}) = 0;
  virtual cid pin_rm(std::string_view path, bool recursive = true, std::stop_token stop = {}) = 0;
  virtual void pin_ls(const pin_filter& filter, const std::function<void(const pinned&)>& visit,
                      std::stop_token stop = {}) = 0;

  virtual void gc(const std::function<void(const cid&)>& removed = {}, std::stop_token stop = {}) = 0;
  virtual void verify(const std::function<void(const verified&)>& tell, std::stop_token stop = {}) = 0;
  virtual repository_stat repo_stat(std::stop_token stop = {}) = 0;
  virtual ipfs::identity identity() = 0;
  /// What opening had to put right, in sentences for a log; empty as a rule.
  virtual const std::vector<std::string>& notes() const = 0;

  /// Whether publish() waits for anything; if not, it may be called where nothing may block.
  virtual bool publishing_blocks() const = 0;
  virtual void publish(std::string_view topic, engine::bytes_view data, std::stop_token stop = {}) = 0;
  /// `notify` is called, from any thread, when there is a message after there was none, or the end.
  virtual std::unique_ptr<subscription> subscribe(std::string_view topic, std::function<void()> notify,
                                                  std::stop_token stop = {}) = 0;

protected:
  backend() = default;
};

} // namespace pillar::ipfs
