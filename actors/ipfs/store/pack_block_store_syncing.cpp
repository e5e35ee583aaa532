// How what was appended to a block store on disk becomes durable and gets into the index, and what a failure takes.
#include "actors/ipfs/store/pack_block_store.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

// Where a put waits for the sync that is under way, as a multiple of what makes it sync itself.
constexpr std::uint64_t far_too_much = 8;

} // namespace

/// After a failed write or sync, with append_mutex_ held: forgets the writes that are gone with it. Batches with such a
/// write fail when they commit.
void pack_block_store::lose(const failure& why) {
  auto loss = log_.take_loss();
  if (loss == segment_log::loss::none) return;
  std::scoped_lock lock(pending_mutex_, commit_mutex_);
  position from = appended_;
  auto is_lost = [&](const pending_write& w) {
    bool lost = loss == segment_log::loss::unsynced ? w.end > durable_ : log_.is_beyond(w.where);
    if (lost) from = std::min(from, w.end - 1);
    return lost;
  };
  std::erase_if(pending_, [&](const auto& entry) { return is_lost(entry.second); });
  std::erase_if(pending_pins_, is_lost);
  std::erase_if(pending_removals_, [&](const pending_removal& r) {
    if (!is_lost(r)) return false;
    show(r.removal.blocks);
    return true;
  });
  if (loss == segment_log::loss::unsynced) {
    filled_.clear(); // the next opening reads them in
    log_.take_filled();
  }
  lost_from_.push_back(from);
  last_loss_ = why;
}

std::size_t pack_block_store::losses() {
  std::lock_guard lock(commit_mutex_);
  return lost_from_.size();
}

failure pack_block_store::last_loss() {
  std::lock_guard lock(commit_mutex_);
  return *last_loss_;
}

/// Bounds what waits for a sync, before more is added: syncs when there is much of it, and waits when there is far too
/// much. Throws what keeps it from getting less.
void pack_block_store::relieve() {
  std::size_t pending = 0;
  {
    std::shared_lock lock(pending_mutex_);
    pending = pending_.size();
  }
  std::unique_lock lock(commit_mutex_);
  auto unsynced = appended_ - durable_;
  if (unsynced <= most_unsynced && pending <= most_pending) return;
  bool far_beyond = unsynced > far_too_much * most_unsynced || pending > far_too_much * most_pending;
  if (!committing_) lead_sync(lock);
  else if (far_beyond) committed_.wait(lock, [this] { return !committing_; });
  if (index_trouble_ && pending > most_pending) throw *index_trouble_;
}

void pack_block_store::wait_durable(position end, std::size_t losses_before) {
  std::unique_lock lock(commit_mutex_);
  for (;;) {
    for (auto i = losses_before; i < lost_from_.size(); ++i)
      if (end > lost_from_[i]) throw *last_loss_;
    if (durable_ >= end) return;
    if (committing_) committed_.wait(lock);
    else lead_sync(lock);
  }
}

/// Returns when everything that was appended until now is durable and in the index, or throws why it cannot be.
void pack_block_store::settle() {
  auto losses_before = losses();
  position end = appended_;
  wait_durable(end, losses_before);
  std::unique_lock lock(commit_mutex_);
  while (indexed_ < end) {
    if (committing_) {
      committed_.wait(lock);
      continue;
    }
    lead_sync(lock);
    if (index_trouble_) throw *index_trouble_;
  }
}

/// Syncs for everybody who waits: those who come meanwhile wait for the next one.
void pack_block_store::lead_sync(std::unique_lock<std::mutex>& commit_lock) {
  committing_ = true;
  commit_lock.unlock();
  std::exception_ptr thrown;
  try {
    sync();
  } catch (...) {
    thrown = std::current_exception();
  }
  commit_lock.lock();
  committing_ = false;
  committed_.notify_all();
  if (thrown) std::rethrow_exception(thrown);
}

void pack_block_store::sync() {
  position end = 0;
  std::size_t losses_before = 0;
  std::shared_ptr<segment_file> segment;
  std::vector<segment_state> ends;
  {
    std::lock_guard lock(append_mutex_);
    try {
      log_.flush();
    } catch (...) {
      lose(to_failure(std::current_exception()));
      throw;
    }
    losses_before = losses();
    end = appended_;
    for (auto& filled : log_.take_filled()) filled_.push_back(filled);
    ends = filled_;
    segment = log_.current();
    if (segment) ends.push_back({segment->number(), log_.written(), false});
  }
  try {
    if (segment) segment->sync();
  } catch (...) {
    std::lock_guard lock(append_mutex_);
    log_.abandon();
    lose(to_failure(std::current_exception()));
    throw;
  }
  {
    std::lock_guard lock(append_mutex_);
    if (losses() != losses_before) return; // a write that failed meanwhile may have cut the segment
    if (segment) log_.set_synced(segment->number(), ends.back().indexed);
    std::lock_guard commit_lock(commit_mutex_);
    durable_ = end;
  }
  committed_.notify_all();
  update_index(end, std::move(ends));
}

/// Moves what is durable into the index. If that fails, it stays here and is read from here, and the next sync tries
/// again; after a crash it is read in from the segments.
void pack_block_store::update_index(position durable, std::vector<segment_state> segments) {
  index_change change{.blocks = {}, .pins = {}, .segments = std::move(segments)};
  auto is_durable = [&](const pending_write& w) { return w.end <= durable; };
  {
    std::shared_lock lock(pending_mutex_);
    for (const auto& [hash, write] : pending_)
      if (is_durable(write)) change.blocks.push_back({hash, write.where, false});
    for (const auto& pin : pending_pins_)
      if (is_durable(pin)) change.pins.push_back(pin.change);
    for (const auto& write : pending_removals_) {
      if (!is_durable(write)) continue;
      const auto& r = write.removal;
      change.removed.insert(change.removed.end(), r.blocks.begin(), r.blocks.end());
      if (r.is_of_segment()) change.retired.push_back(r.segment);
    }
  }
  std::optional<failure> trouble;
  try {
    index_->apply(change);
  } catch (...) {
    trouble = to_failure(std::current_exception());
    note_damage(*trouble);
  }
  if (!trouble) {
    std::lock_guard append_lock(append_mutex_);
    std::unique_lock lock(pending_mutex_);
    std::erase_if(pending_, [&](const auto& entry) { return is_durable(entry.second); });
    std::erase_if(pending_pins_, is_durable);
    std::erase_if(pending_removals_, is_durable);
    show(change.removed);
    std::erase_if(filled_, [&](const auto& f) {
      return std::ranges::any_of(change.segments, [&](const auto& s) { return s.number == f.number; });
    });
  }
  std::lock_guard lock(commit_mutex_);
  if (!trouble) indexed_ = durable;
  index_trouble_ = std::move(trouble);
}

} // namespace pillar::ipfs::engine
