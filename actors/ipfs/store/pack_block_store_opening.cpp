// How a block store is opened: which index to use, and what the segments know better.
#include "actors/ipfs/store/pack_block_store.hpp"

#include <fcntl.h>

#include <algorithm>
#include <utility>

namespace pillar::ipfs::engine {

pack_block_store::pack_block_store(const std::filesystem::path& directory, pack_options options)
    : options_(options), files_(options.files ? *options.files : system_files()), repository_(files_, directory),
      ballast_(files_, repository_.ballast(), std::min(ballast::usual_size, options.segment_size)),
      segments_(files_, repository_.segments()), log_(segments_, options.segment_size, ballast_) {
  std::optional<ballast::use> room; // a full disk that cannot be opened could not be cleared up either
  if (repository_.writable()) room.emplace(ballast_);
  if (!repository_.writable())
    read_only_ = failure(errc::read_only, "IPFS repository " + repository_.directory().string() + " cannot be written");
  open_index();
  try {
    read_segments();
  } catch (const failure& f) {
    if (read_only_) throw;
    if (f.code() == errc::damaged) remake_index(f);
    else use_index_in_memory(f);
    read_segments();
  }
}

void pack_block_store::open_index() {
  std::error_code none;
  if (!read_only_) {
    try {
      if (std::filesystem::exists(repository_.index_damage(), none))
        throw failure(errc::damaged, "index " + repository_.index().string() + " was found to be damaged");
      index_ = block_index::open(repository_.index(), ballast_);
      return;
    } catch (const failure& f) {
      if (f.code() == errc::damaged) return remake_index(f);
      read_only_ = f;
    }
  }
  try {
    index_ = block_index::open_read_only(repository_.index());
    if (index_is_complete()) return;
  } catch (const failure&) {
    // One in memory does as well; it only takes longer to open.
  }
  use_index_in_memory(*read_only_);
}

/// For a repository that can be read and not written.
void pack_block_store::use_index_in_memory(const failure& why) {
  read_only_ = why;
  index_ = block_index::in_memory();
  notes_.push_back(why.message() + ": all segments are read to have an index in memory, and nothing can be added");
}

void pack_block_store::remake_index(const failure& why) {
  notes_.push_back(why.message() + ": it is made again from the segments");
  index_.reset();
  block_index::remove(repository_.index());
  files_.unlink(AT_FDCWD, repository_.index_damage().c_str(), 0);
  index_ = block_index::open(repository_.index(), ballast_);
}

bool pack_block_store::index_is_complete() {
  auto known = index_->segments();
  return std::ranges::all_of(segments_.numbers(), [&](auto number) {
    auto at = std::ranges::find(known, number, &segment_state::number);
    return at != known.end() && (at->sealed || at->retired || at->indexed >= segments_.open(number)->size());
  });
}

/// Reads in what the index does not know, and finds the segment to go on with: the last one, when it ends well.
void pack_block_store::read_segments() {
  auto known = index_->segments();
  for (const auto& state : known)
    if (state.retired) remove_retired(state.number);
  auto numbers = segments_.numbers();
  for (auto number : numbers) {
    auto at = std::ranges::find(known, number, &segment_state::number);
    read_in(at == known.end() ? segment_state{.number = number} : *at, number == numbers.back());
  }
  auto states = index_->segments();
  for (const auto& state : states) {
    if (state.retired) remove_retired(state.number); // as the end of the last segment said just now
    else if (!std::ranges::binary_search(numbers, state.number))
      notes_.push_back(segments_.path_of(state.number).string() + " is missing: its blocks cannot be read");
  }
  auto last = std::max(numbers.empty() ? 0 : numbers.back(), states.empty() ? 0 : states.back().number);
  log_.set_next_number(last + 1);
  next_pin_ = index_->last_sequence() + 1;
  if (read_only_ || numbers.empty()) return;
  auto at = std::ranges::find(states, last, &segment_state::number);
  if (at != states.end() && !at->sealed && at->indexed < options_.segment_size) {
    try {
      log_.resume(last, at->indexed);
    } catch (const failure& f) {
      read_only_ = f;
    }
  }
}

void pack_block_store::read_in(segment_state state, bool is_last) {
  auto segment = segments_.open(state.number);
  auto size = segment->size();
  if (state.sealed || state.retired || size == state.indexed) return;
  auto name = segment->path().string();
  if (size < state.indexed) {
    notes_.push_back(name + " is shorter than it was: some of its blocks cannot be read");
    state.sealed = true;
    if (!read_only_) index_->apply({.blocks = {}, .pins = {}, .segments = {state}});
    return;
  }
  // It may still be on its way to the disk, and later adds will rely on it.
  if (!read_only_) segment->sync();
  index_change change;
  auto apply = [&] {
    change.segments = {state};
    index_->apply(std::exchange(change, {}));
  };
  std::size_t blocks = 0;
  std::size_t damaged = 0;
  auto scanned = scan_segment(*segment, state.indexed, [&](const auto& id, auto where, auto block, bool sound) {
    ++blocks;
    if (!sound && !is_punched(where, block)) ++damaged; // the removal of such a one follows
    if (!is_journal(id.codec())) {
      change.blocks.push_back({id.hash(), where, !sound});
    } else if (sound && id.codec() == pin_journal_codec) {
      change.pins.push_back(decode_pin_change(block));
      change.pins.back().where = where;
    } else if (sound) {
      read_in(decode_removal(block), where, change);
    }
    state.indexed = where.offset + where.size;
    if (change.blocks.size() + change.pins.size() + change.removed.size() >= most_pending) apply();
  });
  state.indexed = scanned.readable;
  auto rest = size - scanned.readable;
  if (scanned.end == segment_end::unreadable || (scanned.end == segment_end::torn && !is_last)) {
    state.sealed = true;
    state.indexed = size;
  }
  apply();
  if (blocks > 0) notes_.push_back(name + ": read in " + std::to_string(blocks) + " blocks that were not indexed");
  if (damaged > 0) notes_.push_back(name + ": " + std::to_string(damaged) + " blocks do not verify");
  if (scanned.end == segment_end::torn)
    notes_.push_back(name + ": the last " + std::to_string(rest) + " bytes were never completed");
  if (scanned.end == segment_end::unreadable)
    notes_.push_back(name + ": the last " + std::to_string(rest) + " bytes cannot be read; they are kept as they are");
}

/// Takes a removal into what the index is to be told. It counts for what was written before it, nothing else.
void pack_block_store::read_in(const removal& r, const block_location& where, index_change& change) {
  if (r.is_of_segment()) {
    if (r.segment >= where.segment) return;
    index_->apply(std::exchange(change, {}));
    index_->remove_blocks_of(r.segment);
    change.retired.push_back(r.segment);
    return;
  }
  for (const auto& block : r.blocks)
    if (is_before(block.where, where)) change.removed.push_back(block);
}

/// Removes the file of a segment that the index calls retired. One that cannot be removed is left for the next opening.
void pack_block_store::remove_retired(std::uint32_t number) {
  if (read_only_) return;
  try {
    segments_.remove(number);
    segments_.sync_names();
  } catch (const failure& f) {
    notes_.push_back(f.message() + ": nothing in it is needed any more, and the next opening tries again");
    return;
  }
  index_->forget_segment(number);
}

/// After a failure of the index: when it is damaged, the next opening makes it again.
void pack_block_store::note_damage(const failure& f) {
  if (f.code() != errc::damaged || read_only_) return;
  descriptor mark(files_.open(AT_FDCWD, repository_.index_damage().c_str(), O_WRONLY | O_CREAT, 0644));
}

} // namespace pillar::ipfs::engine
