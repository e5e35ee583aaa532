#include "actors/ipfs/format/hasher.hpp"

#include "actors/ipfs/format/blake2b.hpp"
#include "actors/ipfs/format/blake3.hpp"
#include "interfaces/error.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t longest_identity = 128; // bytes; as Kubo

[[noreturn]] void refused() {
  throw failure(errc::internal, "OpenSSL does not hash: check its configuration (a provider may be switched off)");
}

struct free_digest {
  void operator()(EVP_MD* md) const { EVP_MD_free(md); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

/// Fetched once: OpenSSL 3 would otherwise search its providers at every block.
EVP_MD* algorithm(hash_function f) {
  static const std::unique_ptr<EVP_MD, free_digest> sha2_256{EVP_MD_fetch(nullptr, "SHA2-256", nullptr)};
  static const std::unique_ptr<EVP_MD, free_digest> sha2_512{EVP_MD_fetch(nullptr, "SHA2-512", nullptr)};
  static const std::unique_ptr<EVP_MD, free_digest> sha3_256{EVP_MD_fetch(nullptr, "SHA3-256", nullptr)};
  switch (f) {
    case hash_function::sha2_512: return sha2_512.get();
    case hash_function::sha3_256: return sha3_256.get();
    default: return sha2_256.get();
  }
}

multihash openssl_hash(hash_function f, block_parts block) {
  thread_local const std::unique_ptr<EVP_MD_CTX, free_digest> context{EVP_MD_CTX_new()};
  auto* md = algorithm(f);
  if (!context || !md || EVP_DigestInit_ex2(context.get(), md, nullptr) != 1) refused();
  for (auto part : block)
    if (EVP_DigestUpdate(context.get(), part.data(), part.size()) != 1) refused();
  std::array<std::byte, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), &size) != 1) refused();
  return {f, bytes_view(digest).first(size)};
}

multihash identity_hash(block_parts block) {
  if (size_of(block) > longest_identity)
    throw failure(errc::too_large, "an identity CID holds at most 128 bytes, the block has "
                                       + std::to_string(size_of(block)) + ": choose another hash");
  bytes content;
  for (auto part : block) append(content, part);
  return {hash_function::identity, content};
}

} // namespace

bool is_known(hash_function f) {
  switch (f) {
    case hash_function::identity:
    case hash_function::sha2_256:
    case hash_function::sha2_512:
    case hash_function::sha3_256:
    case hash_function::blake3:
    case hash_function::blake2b_256: return true;
  }
  return false;
}

multihash hash_of(hash_function f, block_parts block) {
  switch (f) {
    case hash_function::sha2_256:
    case hash_function::sha2_512:
    case hash_function::sha3_256: return openssl_hash(f, block);
    case hash_function::identity: return identity_hash(block);
    case hash_function::blake3: {
      blake3_256 hash;
      for (auto part : block) hash.update(part);
      return {f, hash.finish()};
    }
    case hash_function::blake2b_256: {
      blake2b_256 hash;
      for (auto part : block) hash.update(part);
      return {f, hash.finish()};
    }
  }
  throw failure(errc::unsupported,
                "hash function " + std::to_string(static_cast<std::uint64_t>(f)) + " is not known to this program");
}

multihash hash_of(hash_function f, bytes_view block) {
  return hash_of(f, block_parts(&block, 1));
}

} // namespace pillar::ipfs::engine
