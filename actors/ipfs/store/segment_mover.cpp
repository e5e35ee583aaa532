#include "actors/ipfs/store/segment_mover.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs::engine {

/// Has the index know all of the segment: a copy must not take the place of what waits for the index.
void pack_block_store::segment_mover::begin() {
  end_if_current();
  store_.settle();
}

std::uint64_t pack_block_store::segment_mover::move() {
  begin();
  is_oldest_ = store_.segments_.numbers().front() == segment_;
  auto losses_before = store_.losses();
  auto segment = store_.segments_.open(segment_);
  auto scanned = scan_segment(*segment, 0, [this](const auto& id, auto where, auto block, bool sound) {
    if (stop_.stop_requested()) throw failure(errc::cancelled, "the collection of garbage was stopped");
    take(id, where, block, sound);
  });
  if (scanned.end != segment_end::clean) has_to_stay_ = true;
  if (!has_to_stay_) {
    std::lock_guard lock(store_.append_mutex_);
    // What was left behind for something newer would be missed if that was lost.
    if (store_.losses() != losses_before) throw store_.last_loss();
    store_.append_removal({segment_});
  }
  store_.settle();
  if (has_to_stay_) return 0;
  auto size = store_.segments_.remove(segment_);
  store_.segments_.sync_names();
  store_.index_->forget_segment(segment_);
  return size;
}

std::uint64_t pack_block_store::segment_mover::make_holes() {
  begin();
  std::vector<removed_block> unneeded;
  std::uint64_t won = 0;
  auto punch_all = [&] {
    remove_durably(unneeded);
    std::vector<block_location> places;
    for (const auto& block : unneeded) places.push_back(block.where);
    won += store_.punch(std::move(places));
    unneeded.clear();
  };
  scan_segment(*store_.segments_.open(segment_), 0, [&](const auto& id, auto where, auto block, bool) {
    if (stop_.stop_requested()) throw failure(errc::cancelled, "the collection of garbage was stopped");
    if (is_journal(id.codec()) || hole_of(where).size == 0 || is_punched(where, block)) return;
    // The index must not know the place: what is only hidden may come back when its removal fails.
    auto found = store_.index_->find(id.hash());
    if (found && is_same_place(found->location, where)) return;
    unneeded.push_back({id.hash(), where});
    if (unneeded.size() == most_removed) punch_all();
  });
  if (!unneeded.empty()) punch_all();
  return won;
}

/// An index that is made anew would find zeros where they were.
void pack_block_store::segment_mover::remove_durably(const std::vector<removed_block>& blocks) {
  auto losses_before = store_.losses();
  {
    std::lock_guard lock(store_.append_mutex_);
    store_.append_removal({segment_, blocks});
  }
  store_.settle();
  if (store_.losses() != losses_before) throw store_.last_loss();
}

/// The last segment is never retired: the record that retires one stands behind it, and numbers are not given again.
void pack_block_store::segment_mover::end_if_current() {
  std::lock_guard lock(store_.append_mutex_);
  if (!store_.log_.current() || store_.log_.current()->number() != segment_) return;
  try {
    store_.log_.begin_segment();
  } catch (...) {
    auto why = to_failure(std::current_exception());
    store_.lose(why);
    throw why;
  }
}

void pack_block_store::segment_mover::take(const content_id& id, const block_location& where, bytes_view block,
                                           bool sound) {
  if (!is_journal(id.codec())) take_block(id, where, block, sound);
  else if (!sound) has_to_stay_ = true;
  else if (id.codec() == pin_journal_codec) take_pin(decode_pin_change(block), where);
  else take_removal(decode_removal(block));
}

void pack_block_store::segment_mover::take_block(const content_id& id, const block_location& where, bytes_view block,
                                                 bool sound) {
  if (!counts(id.hash(), where)) return;
  if (!sound) {
    has_to_stay_ = true;
    return;
  }
  store_.relieve();
  std::lock_guard lock(store_.append_mutex_);
  if (counts(id.hash(), where)) store_.append_block(id, {&block, 1}); // nobody removed or replaced it meanwhile
}

/// Whether a copy of a block is the one that is read. With append_mutex_ held it stays so.
bool pack_block_store::segment_mover::counts(const multihash& hash, const block_location& where) {
  auto found = store_.find(hash);
  return found && is_same_place(found->where, where);
}

/// A pin moves when it is what counts for its root. That a root was unpinned must be said again as long as an older
/// segment may say that it was pinned.
void pack_block_store::segment_mover::take_pin(pin_change change, const block_location& where) {
  store_.relieve();
  std::lock_guard lock(store_.append_mutex_);
  {
    std::shared_lock pending_lock(store_.pending_mutex_);
    if (std::ranges::any_of(store_.pending_pins_, [&](const auto& p) { return p.change.root == change.root; })) return;
  }
  auto record = store_.index_->find_pin_record(change.root);
  bool moves = change.pin ? record && is_same_place(*record, where) : !record && !is_oldest_;
  if (moves) store_.append_pin(std::move(change));
}

/// A removal moves as long as there is something to be removed.
void pack_block_store::segment_mover::take_removal(removal r) {
  std::error_code none;
  if (r.segment == segment_ || !std::filesystem::exists(store_.segments_.path_of(r.segment), none)) return;
  store_.relieve();
  std::lock_guard lock(store_.append_mutex_);
  store_.append_removal(std::move(r));
}

} // namespace pillar::ipfs::engine
