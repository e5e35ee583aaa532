/// Walks over everything that is linked below a root, each block once.
#pragma once

#include "actors/ipfs/store/block_store.hpp"
#include "interfaces/error.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

namespace pillar::ipfs::engine {

/// A few bits for each of a store's blocks, by their numbers. Takes memory for the ranges that are used.
class block_marks {
public:
  std::uint8_t get(std::uint64_t number) const;
  void add(std::uint64_t number, std::uint8_t bits);

private:
  static constexpr std::uint64_t page_size = 1 << 14;
  using page = std::array<std::uint8_t, page_size>;
  std::vector<std::unique_ptr<page>> pages_;
};

/// One or several walks over a store, which share their marks: what one has reached the next does not walk again. So a
/// graph costs as much as it has blocks, however often and deep they link to each other. Memory: a byte for each block
/// of the store, and `room` for what is still to be read. One thread at a time.
class dag_walk {
public:
  /// What is told on the way; each may be empty.
  struct visitors {
    std::function<void(const content_id&)> reached; ///< a block that is here, the first time
    std::function<void(const content_id&)> missing; ///< a block that is not; maybe more than once
    /// A block of which it is not known what it links to, since its codec is unknown or it does not verify. Without
    /// this, the walk throws the failure.
    std::function<void(const content_id&, const failure&)> unreadable;
  };

  static constexpr std::size_t usual_room = 10 << 20; ///< bytes; for a quarter of a million blocks

  dag_walk(block_store& store, visitors tell, std::stop_token stop = {}, std::size_t room = usual_room);

  /// Reaches a block, and with `recursive` all below it. Throws unsupported and damaged, naming the block, when it is
  /// not known what it links to; cancelled; and what the store and the visitors throw.
  void walk(const content_id& root, bool recursive);

  /// Whether the block of this number was reached.
  bool has_reached(std::uint64_t number) const { return marks_.get(number) & reached_bit; }

private:
  static constexpr std::uint8_t reached_bit = 1;

  bool is_followed(const content_id& id, bool recursive);
  void follow(const content_id& id, bytes_view block);
  void refuse_or_tell(const content_id& id, const failure& f) const;
  bool mark(const content_id& id, std::uint64_t number, std::uint8_t bits);
  void reach(const content_id& id, bool recursive);
  void read_waiting();
  void find_left_over();
  void check_stop() const;

  block_store& store_;
  visitors tell_;
  std::stop_token stop_;
  std::size_t room_;
  block_marks marks_;
  std::unordered_map<multihash, std::uint8_t> unnumbered_marks_; ///< of blocks that are too new to have a number
  bytes waiting_;                                                ///< CIDs in binary, each with its length behind it
  bool left_over_ = false;                                       ///< some did not fit into `waiting_`: their marks tell
};

/// Throws what a walk from a pin threw, with the pin's root in the message when it is not known what the pin needs.
[[noreturn]] void explain_unknown_need(const pin& p, const failure& f);

/// How a block is pinned.
struct pinning {
  enum class kind : std::uint8_t { recursive, direct, indirect };
  kind how = kind::recursive;
  content_id root;       ///< the pin's: for `indirect` what it is pinned through
  std::string name = {}; ///< the pin's
  bool operator==(const pinning&) const = default;
};

/// How each of some blocks is pinned, in their order; none for one that is not. CIDs that share a hash mean the same
/// block. Walks over pinned content until all are found, but for links that are missing or cannot be followed: what
/// lies below those counts as not pinned.
std::vector<std::optional<pinning>> find_pinnings(block_store& store, const std::vector<content_id>& ids,
                                                  std::stop_token stop = {});

/// Has a batch keep everything that a pin of `root` needs, so that it can be pinned. Throws not_found, naming the first
/// block that is not here, and as `dag_walk::walk`.
void keep_all(block_store& store, write_batch& batch, const content_id& root, bool recursive,
              std::stop_token stop = {});

} // namespace pillar::ipfs::engine
