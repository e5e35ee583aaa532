/// Which blocks a block links to, whatever codec it has.
#pragma once

#include "actors/ipfs/format/cid.hpp"

#include <functional>

namespace pillar::ipfs::engine {

// Codecs beside UnixFS's own, as the multicodec table numbers them.
inline constexpr auto codec_cbor = static_cast<codec>(0x51);
inline constexpr auto codec_dag_cbor = static_cast<codec>(0x71);
inline constexpr auto codec_libp2p_key = static_cast<codec>(0x72);
inline constexpr auto codec_dag_json = static_cast<codec>(0x0129);
inline constexpr auto codec_json = static_cast<codec>(0x0200);

/// Whether blocks of a CID's codec can link to others. Throws unsupported, naming the CID, for a codec that this
/// program does not know.
bool may_link(const content_id& id);

/// Visits the links of a block in their order, doubles too. Memory does not grow with how deep the block nests. Throws
/// unsupported as `may_link`, and damaged, naming the CID, for a block that is not of its codec; links may have been
/// visited then.
void for_each_link(const content_id& id, bytes_view block, const std::function<void(const content_id&)>& visit);

} // namespace pillar::ipfs::engine
