/// Chunks by Rabin's fingerprint: the remainder of a window of bytes, read as a polynomial over GF(2), modulo a fixed
/// irreducible one (M. O. Rabin, Fingerprinting by Random Polynomials). The parameters are those of Kubo.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

namespace pillar::ipfs::engine {

inline constexpr std::size_t rabin_window = 16; ///< bytes; no chunk but a file's last one is smaller

/// The size of the first chunk of `data`: at least `smallest` bytes (at least the window's) and at most `largest`, or
/// all of `data` when no end of a chunk is in it. The sizes' mean lies near `average`, of which the greatest power of 2
/// in it counts.
std::size_t rabin_cut(bytes_view data, std::size_t smallest, std::size_t average, std::size_t largest);

} // namespace pillar::ipfs::engine
