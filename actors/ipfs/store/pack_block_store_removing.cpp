// How a block store on disk removes a single block, and what keeps it from doing so.
#include "actors/ipfs/store/pack_block_store.hpp"

#include <algorithm>

namespace pillar::ipfs::engine {

/// Whether a batch that is open relies on a copy of a block; with protection_mutex_ held.
bool pack_block_store::is_protected(const multihash& hash, const block_location& where) const {
  return std::ranges::any_of(batches_, [&](const auto* open) { return open->covers(hash, where); });
}

/// Has nobody find copies of blocks any more, while they are still in the index; with append_mutex_ and
/// protection_mutex_ held.
void pack_block_store::hide(const std::vector<removed_block>& blocks) {
  if (blocks.empty()) return;
  ++removals_;
  std::unique_lock lock(pending_mutex_);
  for (const auto& block : blocks) hidden_[block.hash] = block.where;
}

/// Ends that, with pending_mutex_ held.
void pack_block_store::show(const std::vector<removed_block>& blocks) {
  for (const auto& block : blocks) {
    auto at = hidden_.find(block.hash);
    if (at != hidden_.end() && is_same_place(at->second, block.where)) hidden_.erase(at);
  }
}

/// Gives the room of removed blocks back to the disk, as far as it goes: their removal must be durable. Returns bytes.
std::uint64_t pack_block_store::punch(std::vector<block_location> places) {
  std::ranges::sort(places, is_before);
  std::uint64_t won = 0;
  std::shared_ptr<segment_file> segment;
  try {
    for (const auto& where : places) {
      if (hole_of(where).size == 0) continue;
      if (!segment || segment->number() != where.segment) segment = segments_.open_for_appending(where.segment);
      won += segment->punch(where);
    }
  } catch (const failure&) {
    // Only room is missing then; it comes back when the segment is moved.
  }
  return won;
}

bool pack_block_store::remove(const content_id& id) {
  if (read_only_) throw *read_only_;
  if (inlined_block(id)) return false;
  ballast::use room(ballast_);
  for (;;) {
    settle(); // only what is in the index is removed: its place is final
    if (!find(id.hash())) return false;
    auto losses_before = losses();
    position end = 0;
    block_location where;
    {
      std::lock_guard lock(append_mutex_);
      auto found = find(id.hash());
      if (!found) return false;
      if (found->pending) continue;
      std::lock_guard protection_lock(protection_mutex_);
      if (is_protected(id.hash(), found->where))
        throw failure(errc::in_use,
                      "block " + id.to_string() + " is part of an add that has not ended: try again when it has");
      std::vector<removed_block> blocks{{id.hash(), found->where}};
      where = found->where;
      hide(blocks);
      try {
        end = append_removal({found->where.segment, blocks});
      } catch (...) {
        std::unique_lock pending_lock(pending_mutex_);
        show(blocks);
        throw;
      }
    }
    wait_durable(end, losses_before);
    punch({where});
    return true;
  }
}

} // namespace pillar::ipfs::engine
