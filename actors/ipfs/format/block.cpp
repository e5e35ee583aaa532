#include "actors/ipfs/format/block.hpp"

#include "actors/ipfs/format/hasher.hpp"
#include "interfaces/error.hpp"

namespace pillar::ipfs::engine {

std::optional<bytes_view> inlined_block(const content_id& id) {
  if (id.hash().function() != hash_function::identity) return {};
  return id.hash().digest();
}

void verify(const content_id& id, bytes_view block, const std::string& place) {
  if (hash_of(id.hash().function(), block) != id.hash())
    throw failure(errc::damaged, "block " + id.to_string() + " does not verify (" + place
                                     + "): its bytes are not served; add the same content again, or restore a backup");
}

} // namespace pillar::ipfs::engine
