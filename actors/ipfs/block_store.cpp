#include "actors/ipfs/block_store.hpp"

#include "interfaces/error.hpp"

#include <openssl/rand.h>

#include <array>

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

std::string random_identity() {
  std::array<std::byte, 16> random;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), random.size()) != 1)
    throw failure(errc::internal, "OpenSSL gives no random bytes: check its configuration");
  return encode_multibase(base::base16, random).substr(1);
}

} // namespace pillar::ipfs::engine
