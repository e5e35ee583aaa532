/// The names of codecs, as the multicodec table has them and Kubo's options take them: "dag-pb".
#pragma once

#include "actors/ipfs/format/cid.hpp"

#include <string_view>

namespace pillar::ipfs::engine {

/// Throws bad_request, naming those that there are.
codec codec_of(std::string_view name);

} // namespace pillar::ipfs::engine
