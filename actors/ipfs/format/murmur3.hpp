/// The hash that places names in sharded directories.
#pragma once

#include <cstdint>
#include <string_view>

namespace pillar::ipfs::engine {

/// The first 64 bits of MurmurHash3 x64 128 with seed 0.
std::uint64_t murmur3(std::string_view data);

} // namespace pillar::ipfs::engine
