#include "actors/ipfs/format/block_links.hpp"

#include "actors/ipfs/format/hasher.hpp"
#include "interfaces/error.hpp"
#include "tests/fuzz/target.hpp"

namespace pillar::fuzz {
namespace {

using namespace ipfs::engine;

/// As a block of every codec that may link.
void run(bytes_view data) {
  for (auto c : {codec::dag_pb, codec_dag_cbor, codec_dag_json}) try {
      std::size_t links = 0;
      for_each_link({1, c, hash_of(hash_function::sha2_256, data)}, data, [&](const content_id&) { ++links; });
      promise(links * 4 <= data.size() + 4, "a block has no more links than its bytes have room for");
    } catch (const failure&) {
    }
}

std::vector<std::string> seeds() {
  using namespace std::string_literals;
  return {R"({"a":[{"/":"bafkqaaa"},{"/":{"bytes":"AA"}}],"b":-1.5e3,"c":null,"d":"\u00e9"})",
          "\xa2\x61"s + "a\xd8\x2a\x45\x00\x01\x55\x00\x00\x61"s + "b\x83\x01\xf6\x62zz"s,
          "\x12\x05\x0a\x03\x01\x55\x00"s};
}

const registered here{{"links", run, seeds}};

} // namespace
} // namespace pillar::fuzz
