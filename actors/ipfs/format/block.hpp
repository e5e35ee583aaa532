/// A block: bytes that a CID names by their hash.
#pragma once

#include "actors/ipfs/format/cid.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace pillar::ipfs::engine {

inline constexpr std::size_t largest_block = 2 << 20; ///< bytes; what Kubo and the block exchange accept

/// What a block that its CID holds in itself (hash function identity) contains; none for every other CID.
std::optional<bytes_view> inlined_block(const content_id& id);

/// Throws damaged, naming the CID and the `place`, unless the block's hash is the CID's.
void verify(const content_id& id, bytes_view block, const std::string& place);

} // namespace pillar::ipfs::engine
