/// Removals as they stand in the segments, between the blocks: so an index that is made again from the segments does
/// not bring back what was removed.
#pragma once

#include "actors/ipfs/store/block_index.hpp"
#include "actors/ipfs/store/pin_journal.hpp"

#include <optional>

namespace pillar::ipfs::engine {

/// The codec of a removal, as private as that of a change of pins, and for the same reason.
inline constexpr auto removal_journal_codec = static_cast<codec>(0x301151);

/// Whether blocks of a codec are the store's own records.
inline bool is_journal(codec c) {
  return c == pin_journal_codec || c == removal_journal_codec;
}

/// Copies of blocks in one segment that do not count any more; or, when it names none, all that is in it. A place is
/// never written twice, so a removal can stand anywhere behind what it removes, and a block that is added again later
/// is another copy. When the segment's file is gone, the removal means nothing.
struct removal {
  std::uint32_t segment = 0;
  std::vector<removed_block> blocks = {}; ///< all in the segment; at most `most_removed`

  bool is_of_segment() const { return blocks.empty(); }
};

inline constexpr std::size_t most_removed = 4096; ///< so that a record is not larger than a block may be

bytes encode_removal(const removal& r);

/// Throws damaged.
removal decode_removal(bytes_view record);

} // namespace pillar::ipfs::engine
