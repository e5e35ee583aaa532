/// The links in a block of dag-json (ipld.io/specs/codecs/dag-json).
#pragma once

#include "actors/ipfs/format/cid.hpp"

#include <functional>

namespace pillar::ipfs::engine {

/// Visits each `{"/": "CID"}`. Throws damaged for what is no dag-json, or nests deeper than 512 levels.
void for_each_dag_json_link(bytes_view block, const std::function<void(const content_id&)>& visit);

} // namespace pillar::ipfs::engine
