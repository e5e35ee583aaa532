#include "actors/ipfs/store/garbage_collector.hpp"

#include "actors/ipfs/store/segment_mover.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t page_size = most_removed;
constexpr unsigned pages_between_syncs = 16; // it bounds what waits for a sync

// What a section and a pin's record take beside the bytes of the block, root and name; about.
constexpr std::uint64_t section_overhead = 6;
constexpr std::uint64_t pin_overhead = 55;

// A segment is moved when more of it is garbage than not, and there is something to be won.
constexpr std::uint64_t least_gain = 1 << 20; // bytes
constexpr std::uint64_t least_part = 16;      // of a segment's size, where segments are small

} // namespace

pack_block_store::collector::collector(pack_block_store& store, const std::function<void(const content_id&)>& removed,
                                       std::stop_token stop)
    : store_(store), removed_(removed), stop_(std::move(stop)),
      walk_(store,
            {.reached = {},
             .missing =
                 [this](const content_id& id) {
                   if (missing_.size() < collected_garbage::most_missing && missing_.insert(id.hash()).second)
                     result_.missing.push_back({id, *root_});
                 },
             .unreadable = {}},
            stop_) {
  std::unique_lock lock(store_.collecting_mutex_);
  if (!store_.collected_.wait(lock, stop_, [&] { return !store_.collecting_; }))
    throw failure(errc::cancelled, "the collection of garbage was stopped before it began");
  store_.collecting_ = true;
}

pack_block_store::collector::~collector() {
  {
    std::lock_guard lock(store_.protection_mutex_);
    store_.collection_.reset();
  }
  std::lock_guard lock(store_.collecting_mutex_);
  store_.collecting_ = false;
  store_.collected_.notify_one();
}

collected_garbage pack_block_store::collector::run() {
  ballast::use room(store_.ballast_);
  {
    std::lock_guard lock(store_.protection_mutex_);
    store_.collection_.emplace(); // from now on it is told of pins, and of what batches relied on
  }
  store_.settle();
  remove_retired_files();
  newest_ = store_.index_->last_number();
  store_.for_each_pin([this](const pin& p) { mark(p); });
  mark_new_pins();
  choose_segments();
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order; // bytes to be moved, segment
  for (auto [segment, needed] : to_move_) order.emplace_back(needed, segment);
  std::ranges::sort(order);
  auto rest = std::ranges::find_if(order, [](const auto& o) { return o.first > 0; });
  if (rest != order.begin()) sweep_all(true);
  for (auto at = order.begin(); at != rest; ++at) move(at->second);
  sweep_all(false);
  for (auto at = rest; at != order.end(); ++at) move(at->second);
  store_.index_->give_back();
  if (no_room_ && result_.disk_bytes == 0) throw *no_room_;
  return std::move(result_);
}

/// Removes what is not needed: all of it, or only what lies in segments without anything needed.
void pack_block_store::collector::sweep_all(bool only_whole_segments) {
  losses_before_ = store_.losses();
  unsigned pages = 0;
  for_each_page([&](page blocks) {
    if (only_whole_segments)
      std::erase_if(blocks, [&](const auto& block) {
        auto at = to_move_.find(block.location.segment);
        return at == to_move_.end() || at->second > 0;
      });
    sweep(std::move(blocks));
    if (++pages % pages_between_syncs == 0) settle_and_punch();
  });
  settle_and_punch();
}

void pack_block_store::collector::settle_and_punch() {
  store_.settle();
  // Removals that were lost would be thought done, and what they removed must not be punched.
  if (store_.losses() != losses_before_) throw store_.last_loss();
  result_.disk_bytes += store_.punch(std::exchange(removed_places_, {}));
  store_.ballast_.restore();
}

/// Moves a segment. Where the disk lacks the room for that, holes come first; if they do not help, the rest of its
/// garbage stays for a later collection.
void pack_block_store::collector::move(std::uint32_t segment) {
  auto needed = to_move_[segment];
  segment_mover mover(store_, segment, stop_);
  for (bool makes_holes : {false, true}) {
    try {
      if (makes_holes) result_.disk_bytes += mover.make_holes();
      store_.ballast_.restore();
      if (needed > 0 && !store_.ballast_.spares(needed))
        throw failure(errc::storage_full, store_.segments_.path_of(segment).string()
                                              + " holds garbage, and the disk lacks the room to move "
                                              + std::to_string(needed)
                                              + " bytes out of it: free some, and collect the garbage again");
      result_.disk_bytes += mover.move();
      store_.ballast_.restore();
      return;
    } catch (const failure& f) {
      if (f.code() != errc::storage_full) throw;
      no_room_ = f;
    }
  }
}

/// Files that an earlier collection could not remove.
void pack_block_store::collector::remove_retired_files() {
  for (const auto& state : store_.index_->segments()) {
    if (!state.retired) continue;
    result_.disk_bytes += store_.segments_.remove(state.number);
    store_.segments_.sync_names();
    store_.index_->forget_segment(state.number);
  }
}

void pack_block_store::collector::mark(const pin& p) {
  root_ = &p.root;
  try {
    walk_.walk(p.root, p.mode == pin_mode::recursive);
  } catch (const failure& f) {
    explain_unknown_need(p, f);
  }
}

void pack_block_store::collector::mark_new_pins() {
  for (;;) {
    std::vector<pin> pins;
    {
      std::lock_guard lock(store_.protection_mutex_);
      pins.swap(store_.collection_->new_pins);
    }
    if (pins.empty()) return;
    for (const auto& p : pins) mark(p);
  }
}

bool pack_block_store::collector::is_needed(const block_index::entry& block) const {
  return block.number > newest_ || walk_.has_reached(block.number);
}

void pack_block_store::collector::for_each_page(const std::function<void(page)>& visit) {
  bytes after;
  for (;;) {
    if (stop_.stop_requested()) throw failure(errc::cancelled, "the collection of garbage was stopped");
    auto blocks = store_.index_->blocks_after(after, page_size);
    if (blocks.empty()) return;
    auto last = blocks.back().hash.data();
    after.assign(last.begin(), last.end());
    visit(std::move(blocks));
  }
}

/// Finds the segments that are to be moved. What is removed from those needs no record: it goes with them.
void pack_block_store::collector::choose_segments() {
  std::map<std::uint32_t, std::uint64_t> needed; // bytes
  for_each_page([&](const page& blocks) {
    for (const auto& block : blocks)
      if (is_needed(block))
        needed[block.location.segment] += block.location.size + block.hash.data().size() + section_overhead;
  });
  for (const auto& [segment, pins] : store_.index_->pins_by_segment())
    needed[segment] += pins.bytes + pins.count * pin_overhead;
  auto gain = std::min(least_gain, store_.options_.segment_size / least_part);
  for (const auto& state : store_.index_->segments()) {
    if (state.sealed || state.retired) continue;
    auto size = store_.segments_.bytes_of(state.number);
    auto garbage = size - std::min(size, needed[state.number]);
    if (garbage > needed[state.number] && garbage >= gain) to_move_[state.number] = needed[state.number];
  }
}

void pack_block_store::collector::sweep(page candidates) {
  std::erase_if(candidates, [&](const auto& block) { return is_needed(block); });
  if (candidates.empty()) return;
  do {
    mark_new_pins();
  } while (!try_to_remove(candidates));
  for (const auto& block : candidates) {
    ++result_.blocks;
    result_.block_bytes += block.location.size;
    if (removed_) removed_(content_id(1, codec::raw, block.hash));
  }
}

/// Removes those of the candidates that nothing needs, and leaves them in the list. False when a pin came just now.
bool pack_block_store::collector::try_to_remove(page& candidates) {
  std::vector<removed_block> with_segment; // which go with their segment's file
  {
    std::lock_guard append_lock(store_.append_mutex_);
    std::map<std::uint32_t, std::vector<removed_block>> with_record;
    if (!decide(candidates)) return false;
    for (const auto& block : candidates) {
      bool goes_with_it = to_move_.contains(block.location.segment);
      auto& list = goes_with_it ? with_segment : with_record[block.location.segment];
      list.push_back({block.hash, block.location});
      if (!goes_with_it && hole_of(block.location).size > 0) removed_places_.push_back(block.location);
    }
    try {
      for (auto at = with_record.begin(); at != with_record.end(); at = with_record.erase(at))
        store_.append_removal({at->first, at->second});
    } catch (...) {
      std::unique_lock lock(store_.pending_mutex_);
      for (const auto& [segment, blocks] : with_record) store_.show(blocks);
      store_.show(with_segment);
      throw;
    }
  }
  if (with_segment.empty()) return true;
  std::exception_ptr thrown;
  try {
    store_.index_->apply({.blocks = {}, .removed = with_segment});
  } catch (...) {
    thrown = std::current_exception();
  }
  std::unique_lock lock(store_.pending_mutex_);
  store_.show(with_segment);
  if (thrown) std::rethrow_exception(thrown);
  return true;
}

/// The decision, with append_mutex_ held: hides the candidates that nothing needs, and leaves no others in the list.
bool pack_block_store::collector::decide(page& candidates) {
  std::lock_guard lock(store_.protection_mutex_);
  if (!store_.collection_->new_pins.empty()) return false;
  std::vector<removed_block> removed;
  {
    std::shared_lock pending_lock(store_.pending_mutex_);
    std::erase_if(candidates, [&](const auto& block) {
      return is_needed(block) || store_.pending_.contains(block.hash) || store_.hidden_.contains(block.hash)
             || store_.collection_->kept.covers(block.hash, block.location)
             || store_.is_protected(block.hash, block.location);
    });
  }
  for (const auto& block : candidates) removed.push_back({block.hash, block.location});
  store_.hide(removed);
  return true;
}

collected_garbage pack_block_store::collect_garbage(const std::function<void(const content_id&)>& removed,
                                                    std::stop_token stop) {
  if (read_only_) throw *read_only_;
  return collector(*this, removed, std::move(stop)).run();
}

} // namespace pillar::ipfs::engine
