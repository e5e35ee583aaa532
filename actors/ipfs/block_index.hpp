/// The index over a store's segments: where each block lies, what is pinned, and how far each segment is indexed. All
/// of it can be made again from the segments; so losing it costs time, and never data.
#pragma once

#include "actors/ipfs/block_store.hpp"
#include "actors/ipfs/sqlite.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pillar::ipfs::engine {

/// Where a block's bytes lie.
struct block_location {
  std::uint32_t segment = 0;
  std::uint32_t size = 0;
  std::uint64_t offset = 0;
  bool operator==(const block_location&) const = default;
};

/// How far a segment is indexed.
struct segment_state {
  std::uint32_t number = 0;
  std::uint64_t indexed = 0; ///< bytes from the beginning
  bool sealed = false;       ///< never to be appended to, since something in it could not be read
};

/// A pin that came, or (without `pin`) went, with its place in the order of all such changes.
struct pin_change {
  std::uint64_t sequence = 0;
  content_id root;
  std::optional<engine::pin> pin;
};

/// What one transaction changes.
struct index_change {
  struct block {
    multihash hash;
    block_location location;
    bool damaged = false; ///< does not verify: kept unless a sound copy is known
  };
  std::vector<block> blocks;
  std::vector<pin_change> pins;
  std::vector<segment_state> segments;
};

/// SQLite in WAL mode. Every function may be called from several threads at once; changes are made one after another.
/// Throws storage_full, read_only, damaged, io_error.
class block_index {
public:
  /// Opens an index file, or creates it. Throws damaged when it is no sound index of this version: then remove it, and
  /// make it again.
  static std::unique_ptr<block_index> open(const std::filesystem::path& file);

  /// Opens an index file that nobody writes, without writing anything beside it. Throws damaged also when a part of it
  /// is not in the file itself yet.
  static std::unique_ptr<block_index> open_read_only(const std::filesystem::path& file);

  static std::unique_ptr<block_index> in_memory();

  /// Removes an index and the files beside it.
  static void remove(const std::filesystem::path& file);

  struct found {
    block_location location;
    bool damaged = false;
  };
  std::optional<found> find(const multihash& hash);
  std::optional<engine::pin> find_pin(const content_id& root);
  std::vector<segment_state> segments();
  std::uint64_t last_sequence(); ///< of the pin changes seen

  void apply(const index_change& change);
  void mark_damaged(const multihash& hash);

private:
  struct reader;
  class lent_reader;
  struct writer;

  block_index(std::string file, bool read_only);

  const std::string file_;
  const bool read_only_;
  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<reader>> idle_readers_;
  std::mutex writer_mutex_;
  std::unique_ptr<writer> writer_;

public:
  ~block_index();
};

} // namespace pillar::ipfs::engine
