/// Pins as they stand in the segments, between the blocks: so one sync makes blocks and pins durable together, and an
/// index that is made again from the segments has the pins as well.
#pragma once

#include "actors/ipfs/store/block_index.hpp"

namespace pillar::ipfs::engine {

/// The codec of a change of pins (from multicodec's range for private use). No block of this codec is ever taken from
/// outside: it could pin and unpin.
inline constexpr auto pin_journal_codec = static_cast<codec>(0x301150);

bytes encode_pin_change(const pin_change& change);

/// Throws damaged.
pin_change decode_pin_change(bytes_view record);

} // namespace pillar::ipfs::engine
