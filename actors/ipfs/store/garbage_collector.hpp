/// How a block store on disk finds what no pin needs, and removes it while it is in use.
#pragma once

#include "actors/ipfs/store/dag_walk.hpp"
#include "actors/ipfs/store/pack_block_store.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace pillar::ipfs::engine {

/// One collection. Marks what the pins need, then removes the rest page by page. Room is won as early as may be:
/// segments without anything needed go first, and of those that are moved the ones with the least to move. A block goes
/// only when, in one step with the decision, all of this holds: it has been here since the collection began, nothing
/// needs it, no batch that is open or ended since the beginning put or kept it, and every pin that came meanwhile was
/// followed.
class pack_block_store::collector {
public:
  collector(pack_block_store& store, const std::function<void(const content_id&)>& removed, std::stop_token stop);
  collector(const collector&) = delete;
  collector& operator=(const collector&) = delete;
  ~collector();

  collected_garbage run();

private:
  using page = std::vector<block_index::entry>;

  void remove_retired_files();
  void mark(const pin& p);
  void mark_new_pins();
  bool is_needed(const block_index::entry& block) const;
  void for_each_page(const std::function<void(page)>& visit);
  void choose_segments();
  void sweep_all(bool only_whole_segments);
  void settle_and_punch();
  void move(std::uint32_t segment);
  void sweep(page candidates);
  bool try_to_remove(page& candidates);
  bool decide(page& candidates);

  pack_block_store& store_;
  const std::function<void(const content_id&)>& removed_;
  std::stop_token stop_;
  collected_garbage result_;
  std::set<multihash> missing_;
  const content_id* root_ = nullptr; ///< that is walked from
  dag_walk walk_;
  std::uint64_t newest_ = 0;                       ///< number of the newest block that may be garbage
  std::map<std::uint32_t, std::uint64_t> to_move_; ///< segments, most of which is garbage, and the bytes of the rest
  std::vector<block_location> removed_places_;     ///< in segments that stay, since the last sync
  std::size_t losses_before_ = 0;                  ///< at the last sync
  std::optional<failure> no_room_;                 ///< why a segment could not be moved
};

} // namespace pillar::ipfs::engine
