/// The index over a store's segments: where each block lies, what is pinned, and how far each segment is indexed. All
/// of it can be made again from the segments; so losing it costs time, and never data.
#pragma once

#include "actors/ipfs/store/ballast.hpp"
#include "actors/ipfs/store/block_store.hpp"
#include "actors/ipfs/system/sqlite.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
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

/// Whether one place comes before another in the order in which a store is written.
inline bool is_before(const block_location& a, const block_location& b) {
  return a.segment != b.segment ? a.segment < b.segment : a.offset < b.offset;
}

inline bool is_same_place(const block_location& a, const block_location& b) {
  return a.segment == b.segment && a.offset == b.offset;
}

/// How far a segment is indexed.
struct segment_state {
  std::uint32_t number = 0;
  std::uint64_t indexed = 0; ///< bytes from the beginning
  bool sealed = false;       ///< never to be appended to, since something in it could not be read
  bool retired = false;      ///< all that counts was moved on: the file is to be removed, and what is in it ignored
};

/// A pin that came, or (without `pin`) went, with its place in the order of all such changes.
struct pin_change {
  std::uint64_t sequence = 0;
  content_id root;
  std::optional<engine::pin> pin;
  block_location where = {}; ///< of its record
};

/// The end of a block: only the copy that lies at this place is meant.
struct removed_block {
  multihash hash;
  block_location where; ///< its size does not matter
};

/// What one transaction changes.
struct index_change {
  struct block {
    multihash hash;
    block_location location;
    bool damaged = false; ///< does not verify: kept unless a sound copy is known
  };
  std::vector<block> blocks;
  std::vector<pin_change> pins = {};
  std::vector<removed_block> removed = {}; ///< after the blocks
  std::vector<segment_state> segments = {};
  std::vector<std::uint32_t> retired = {}; ///< segments that are retired, after everything else
};

/// What there is of a kind.
struct amount {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};

/// SQLite in WAL mode. Every function may be called from several threads at once; changes are made one after another.
/// Throws storage_full, read_only, damaged, io_error.
class block_index {
public:
  /// Opens an index file, or creates it. Throws damaged when it is no sound index of this version: then remove it, and
  /// make it again. Changes take from `room` on a full disk; it must outlive the index.
  static std::unique_ptr<block_index> open(const std::filesystem::path& file, ballast& room);

  /// Opens an index file that nobody writes, without writing anything beside it. Throws damaged also when a part of it
  /// is not in the file itself yet.
  static std::unique_ptr<block_index> open_read_only(const std::filesystem::path& file);

  static std::unique_ptr<block_index> in_memory();

  /// Removes an index and the files beside it.
  static void remove(const std::filesystem::path& file);

  struct found {
    block_location location;
    std::uint64_t number = 0; ///< given to a block that is new to the index, ascending from 1; never given again
    bool damaged = false;
  };
  std::optional<found> find(const multihash& hash);
  std::optional<engine::pin> find_pin(const content_id& root);
  std::optional<block_location> find_pin_record(const content_id& root);

  struct entry : found {
    multihash hash;
  };
  /// At most `most` blocks, in the order of their hashes, from the first one beyond `after` on (in binary; empty: from
  /// the beginning). Empty at the end.
  std::vector<entry> blocks_after(bytes_view after, std::size_t most);

  /// The same of pins, in the order of their roots' binary form.
  std::vector<engine::pin> pins_after(bytes_view after, std::size_t most);

  std::uint64_t last_number();                       ///< that was given to a block
  amount blocks();                                   ///< reads the whole index
  std::map<std::uint32_t, amount> pins_by_segment(); ///< where their records lie; bytes of roots and names
  std::vector<segment_state> segments();
  std::uint64_t last_sequence(); ///< of the pin changes seen

  void apply(const index_change& change);
  void mark_damaged(const multihash& hash);

  void forget_segment(std::uint32_t number);    ///< a retired one, whose file is gone
  void remove_blocks_of(std::uint32_t segment); ///< reads the whole index

  /// Makes the file smaller when most of it is free, and the disk has the room that this takes.
  void give_back();

private:
  struct reader;
  class lent_reader;
  struct writer;

  block_index(std::string file, bool read_only, ballast* room = nullptr);

  template <class Work> void retry(const Work& work);
  void apply(const index_change& change, const std::vector<const index_change::block*>& sorted);

  const std::string file_;
  const bool read_only_;
  ballast* const room_; ///< none in memory
  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<reader>> idle_readers_;
  std::mutex writer_mutex_;
  std::unique_ptr<writer> writer_;

public:
  ~block_index();
};

} // namespace pillar::ipfs::engine
