/// How a segment that holds little of use is given back to the disk.
#pragma once

#include "actors/ipfs/store/pack_block_store.hpp"

#include <stop_token>

namespace pillar::ipfs::engine {

/// Moves all that counts in one segment to the end of the log, while everything else goes on, and retires the segment.
/// A reader that found a block at its old place either has the file open, or looks it up again.
class pack_block_store::segment_mover {
public:
  segment_mover(pack_block_store& store, std::uint32_t segment, const std::stop_token& stop)
      : store_(store), segment_(segment), stop_(stop) {}

  /// Returns how many bytes the file had that is gone now: 0 when it has to stay, since something in it that counts
  /// does not verify. Throws cancelled, storage_full, io_error: the segment stays, and can be moved later.
  std::uint64_t move();

  /// For a disk without the room that moving takes: makes holes of the large blocks in the segment that count for
  /// nothing. Returns how many bytes that gave back. Throws as `move`.
  std::uint64_t make_holes();

private:
  void begin();
  void remove_durably(const std::vector<removed_block>& blocks);
  void end_if_current();
  void take(const content_id& id, const block_location& where, bytes_view block, bool sound);
  void take_block(const content_id& id, const block_location& where, bytes_view block, bool sound);
  void take_pin(pin_change change, const block_location& where);
  void take_removal(removal r);
  bool counts(const multihash& hash, const block_location& where);

  pack_block_store& store_;
  const std::uint32_t segment_;
  const std::stop_token& stop_;
  bool is_oldest_ = false;
  bool has_to_stay_ = false;
};

} // namespace pillar::ipfs::engine
