#include "actors/ipfs/format/hash_name.hpp"

#include "interfaces/error.hpp"

#include <algorithm>
#include <string>

namespace pillar::ipfs::engine {

std::string_view name_of(hash_function f) {
  switch (f) {
    case hash_function::identity: return "identity";
    case hash_function::sha2_256: return "sha2-256";
    case hash_function::sha2_512: return "sha2-512";
    case hash_function::sha3_256: return "sha3-256";
    case hash_function::blake3: return "blake3";
    case hash_function::blake2b_256: return "blake2b-256";
  }
  throw failure(errc::unsupported, "the hash function " + std::to_string(static_cast<std::uint64_t>(f))
                                       + " is not known here: use sha2-256");
}

hash_function hash_function_of(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (auto f : {hash_function::sha2_256, hash_function::sha2_512, hash_function::sha3_256, hash_function::blake2b_256,
                 hash_function::blake3, hash_function::identity})
    if (name_of(f) == lower) return f;
  throw failure(errc::bad_request, "hash function " + in_quotes(name)
                                       + " is not known here: use sha2-256, sha2-512, sha3-256, blake2b-256 or blake3");
}

} // namespace pillar::ipfs::engine
