#include "actors/ipfs/store/block_store.hpp"

#include "interfaces/error.hpp"

#include <openssl/rand.h>

#include <array>

namespace pillar::ipfs::engine {
namespace {

[[noreturn]] void unmanaged() {
  throw failure(errc::unsupported, "this store's blocks are managed by somebody else: ask there");
}

} // namespace

bool write_batch::keep(const content_id&) {
  unmanaged();
}
void block_store::for_each_pin(const std::function<void(const engine::pin&)>&) {
  unmanaged();
}
void block_store::for_each_block(const std::function<void(const content_id&, std::uint64_t)>&) {
  unmanaged();
}
std::optional<std::uint64_t> block_store::number_of(const content_id&) {
  unmanaged();
}
bool block_store::remove(const content_id&) {
  unmanaged();
}
collected_garbage block_store::collect_garbage(const std::function<void(const content_id&)>&, std::stop_token) {
  unmanaged();
}
std::uint64_t block_store::verify_all(const std::function<void(const content_id&, std::string_view)>&,
                                      const std::function<void(std::uint64_t)>&, std::stop_token) {
  unmanaged();
}
store_stats block_store::stats() {
  unmanaged();
}

std::optional<bytes> block_store::get_at_once(const content_id& id) {
  auto inlined = inlined_block(id);
  if (!inlined) return {};
  return bytes(inlined->begin(), inlined->end());
}

std::string random_identity() {
  std::array<std::byte, 16> random;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), random.size()) != 1)
    throw failure(errc::internal, "OpenSSL gives no random bytes: check its configuration");
  return encode_multibase(base::base16, random).substr(1);
}

} // namespace pillar::ipfs::engine
