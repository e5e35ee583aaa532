#include "actors/ipfs/hash_name.hpp"

#include "interfaces/error.hpp"

#include <string>

namespace pillar::ipfs::engine {

std::string_view name_of(hash_function f) {
  switch (f) {
    case hash_function::identity: return "identity";
    case hash_function::sha2_256: return "sha2-256";
    case hash_function::sha2_512: return "sha2-512";
    case hash_function::sha3_256: return "sha3-256";
    case hash_function::blake2b_256: return "blake2b-256";
  }
  throw failure(errc::unsupported, "the hash function " + std::to_string(static_cast<std::uint64_t>(f))
                                       + " is not known here: use sha2-256");
}

} // namespace pillar::ipfs::engine
