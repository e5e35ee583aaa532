/// Hashing blocks: giving them their CID, and checking that they are what their CID says.
#pragma once

#include "actors/ipfs/format/cid.hpp"

#include <span>

namespace pillar::ipfs::engine {

/// A block as the pieces it is made of, in order: the payload need not be copied between its frame's parts.
using block_parts = std::span<const bytes_view>;

inline std::size_t size_of(block_parts parts) {
  std::size_t size = 0;
  for (auto part : parts) size += part.size();
  return size;
}

/// Whether this program can compute a hash function.
bool is_known(hash_function f);

/// The hash of a block. Throws unsupported (an unknown function), too_large (identity over 128 bytes). Any thread.
multihash hash_of(hash_function f, block_parts block);
multihash hash_of(hash_function f, bytes_view block);

} // namespace pillar::ipfs::engine
