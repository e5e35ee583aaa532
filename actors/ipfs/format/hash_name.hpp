/// The names of hash functions, as the multicodec table has them and Kubo's options take them: "sha2-256".
#pragma once

#include "actors/ipfs/format/cid.hpp"

#include <string_view>

namespace pillar::ipfs::engine {

/// Throws unsupported for a function without a name here.
std::string_view name_of(hash_function f);

/// The function of a name, in any case. Throws bad_request for a name that is not known.
hash_function hash_function_of(std::string_view name);

} // namespace pillar::ipfs::engine
