/// Chunks by a cyclic polynomial over a window of 32 bytes (J. D. Cohen, Recursive Hashing Functions for n-Grams), with
/// Kubo's parameters.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

namespace pillar::ipfs::engine {

inline constexpr std::size_t buzhash_least = 128 << 10; ///< bytes; only a file's last chunk is smaller
inline constexpr std::size_t buzhash_most = 512 << 10;  ///< bytes

/// The size of the first chunk of `data`, or all of `data` when no end of a chunk is in it.
std::size_t buzhash_cut(bytes_view data);

} // namespace pillar::ipfs::engine
