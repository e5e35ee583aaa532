#include "actors/ipfs/import_options.hpp"

#include "actors/ipfs/hasher.hpp"
#include "interfaces/error.hpp"

#include <bit>

namespace pillar::ipfs::engine {

import_options import_options::unixfs_v1_2025() {
  import_options options;
  options.cid_version = 1;
  options.raw_leaves = true;
  options.chunk_size = 1 << 20;
  options.max_links = 1024;
  options.hamt_estimate = directory_estimate::block;
  return options;
}

import_options checked(import_options options) {
  auto demand = [](bool met, const char* what) {
    if (!met) throw failure(errc::bad_request, std::string("import option ") + what);
  };
  demand(options.cid_version <= 1, "cid-version must be 0 or 1");
  demand(options.chunk_size >= 1 && options.chunk_size <= (2 << 20) - 256, "chunk-size must be 1 to 2096896 bytes");
  demand(options.max_links >= 2 && options.max_links <= 8192, "max-links must be 2 to 8192");
  demand(std::has_single_bit(options.hamt_fanout) && options.hamt_fanout >= 8 && options.hamt_fanout <= 1024,
         "hamt-fanout must be a power of 2 from 8 to 1024");
  demand(is_known(options.hash), "hash names a function that this program does not know");
  if (options.hash != hash_function::sha2_256) options.cid_version = 1;
  options.raw_leaves = options.uses_raw_leaves();
  return options;
}

} // namespace pillar::ipfs::engine
