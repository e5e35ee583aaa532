#include "actors/ipfs/format/dag_pb.hpp"

#include "actors/ipfs/format/hamt.hpp"
#include "actors/ipfs/format/murmur3.hpp"
#include "actors/ipfs/format/unixfs.hpp"
#include "tests/actors/ipfs/support.hpp"

#include <doctest/doctest.h>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;

namespace {

bytes from_hex(std::string_view hex) {
  return *decode_multibase("f" + std::string(hex));
}

void refused_node(std::string_view hex) {
  CAPTURE(std::string(hex));
  auto block = from_hex(hex);
  CHECK(failure_of([&] { decode_dag_pb(block); }).code() == errc::damaged);
}

void refused_unixfs(std::string_view hex) {
  CAPTURE(std::string(hex));
  auto data = from_hex(hex);
  CHECK(failure_of([&] { decode_unixfs(data); }).code() == errc::damaged);
}

// An identity CID of nothing, as a link's hash.
const std::string hash = "0a0401550000";

} // namespace

TEST_CASE("dag-pb nodes are read as they are written") {
  auto id = content_id::parse("QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN");
  std::vector<pb_link> links{{id, "", 0}, {id, "a name", 7}, {id, std::string("\xff\0", 2), ~std::uint64_t{0}}};
  auto block = encode_dag_pb(links, view_of("data"));
  auto node = decode_dag_pb(block);
  CHECK(node.links == links);
  CHECK(text_of(*node.data) == "data");
  CHECK(encode_dag_pb(node.links, node.data) == block);
}

TEST_CASE("dag-pb forms that old writers used are read") {
  CHECK_FALSE(decode_dag_pb({}).data);
  CHECK(decode_dag_pb(from_hex("0a00")).data->empty());
  CHECK(decode_dag_pb(from_hex("0a0101"
                               "1206"
                               + hash))
            .links.size()
        == 1); // data before links
  auto unsorted = from_hex("1209" + hash
                           + "120162"
                             "1209"
                           + hash + "120161");
  CHECK(decode_dag_pb(unsorted).links[0].name == "b");
}

TEST_CASE("dag-pb that is not strictly well formed is refused") {
  refused_node("0a");                     // no length
  refused_node("0a02ff");                 // cut off
  refused_node("0aff7f");                 // a length beyond the block
  refused_node("0affffffffffffffffff7f"); // a length beyond 64 bits
  refused_node("0a8000");                 // a length in a long form
  refused_node("0a000a00");               // data twice
  refused_node("1206" + hash
               + "0a00"
                 "1206"
               + hash);               // data between links
  refused_node("1a00");               // an unknown field
  refused_node("0801");               // data that is a number
  refused_node("0b00");               // a group
  refused_node("0001");               // field 0
  refused_node("1200");               // a link without a hash
  refused_node("1203120161");         // a name only
  refused_node("12020a00");           // an empty hash
  refused_node("12050a03015512");     // a cut CID
  refused_node("120c" + hash + hash); // the hash twice
  refused_node("1208"
               "1800"
               + hash); // out of order
  refused_node("120b" + hash
               + "1801"
                 "120161");             // out of order
  refused_node("1208" + hash + "2001"); // an unknown field
}

TEST_CASE("UnixFS nodes are read as they are written") {
  unixfs_node node{.type = unixfs_type::file, .file_size = 300, .block_sizes = {100, 200}};
  node.metadata = {0755, unixfs_time{-5, 999'999'999}};
  auto data = encode_unixfs(node);
  auto read = decode_unixfs(data);
  CHECK(read.type == node.type);
  CHECK(read.file_size == node.file_size);
  CHECK(read.block_sizes == node.block_sizes);
  CHECK(read.metadata == node.metadata);
  CHECK(encode_unixfs(read) == data);
}

TEST_CASE("packed block sizes are read too") {
  CHECK(decode_unixfs(from_hex("0802"
                               "18ac02"
                               "220364c801"))
            .block_sizes
        == std::vector<std::uint64_t>{100, 200});
}

TEST_CASE("UnixFS that is not well formed is refused") {
  refused_unixfs("");             // no type
  refused_unixfs("1800");         // no type
  refused_unixfs("08020802");     // the type twice
  refused_unixfs("18000802");     // out of order
  refused_unixfs("0a0102");       // a type of bytes
  refused_unixfs("080222028080"); // packed sizes that are cut off
  refused_unixfs("0802"
                 "4a00"); // an unknown field
  refused_unixfs("0802"
                 "4207"
                 "150000ff7f"
                 "0801"); // the time's fields out of order
  refused_unixfs("0802"
                 "4205"
                 "15ffffffff"); // more nanoseconds than a second has
  CHECK(failure_of([] { decode_unixfs(from_hex("0806")); }).code() == errc::unsupported);
}

TEST_CASE("a leaf's frame is what the general encoder writes around the same content") {
  for (auto type : {unixfs_type::file, unixfs_type::raw})
    for (std::size_t size : {1u, 127u, 128u, 16384u, 262144u, 2096896u}) {
      auto content = noise(size);
      leaf_frame frame(type, size);
      bytes framed(frame.head().begin(), frame.head().end());
      append(framed, view_of(content));
      append(framed, frame.tail());
      CHECK(framed == encode_dag_pb({}, encode_unixfs({.type = type, .data = view_of(content), .file_size = size})));
    }
}

TEST_CASE("murmur3 gives its published values") {
  CHECK(murmur3("") == 0);
  CHECK(murmur3("hello") == 0xcbd8a7b341bd9b02);
  CHECK(murmur3("The quick brown fox jumps over the lazy dog") == 0xe34bbc7bbc071b6c);
}

TEST_CASE("a shard's bitfield is a big-endian number without leading zeros") {
  hamt_bitfield field(256);
  CHECK(field.to_bytes().empty());
  field.set(0);
  field.set(9);
  CHECK(field.to_bytes() == from_hex("0201"));
  auto parsed = hamt_bitfield::parse(256, from_hex("0201"));
  REQUIRE(parsed);
  CHECK(parsed->count() == 2);
  CHECK(parsed->test(9));
  CHECK_FALSE(hamt_bitfield::parse(8, from_hex("0201")));
}

TEST_CASE("blocks changed or cut anywhere are decoded or refused and nothing else") {
  auto id = content_id::parse("QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN");
  unixfs_node node{.data = view_of("content"), .file_size = 307, .block_sizes = {100, 200}};
  node.metadata = {0644, unixfs_time{1, 2}};
  const auto sound = encode_dag_pb({{id, "a", 100}, {id, "b", 200}}, encode_unixfs(node));
  int refused = 0;
  auto decode = [&](bytes_view block) {
    try {
      auto decoded = decode_dag_pb(block);
      if (decoded.data) decode_unixfs(*decoded.data);
    } catch (const failure&) {
      ++refused;
    }
  };
  for (std::size_t size = 0; size < sound.size(); ++size)
    decode(bytes(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(size)));
  for (std::size_t at = 0; at < sound.size(); ++at)
    for (unsigned value = 0; value < 256; ++value) {
      auto changed = sound;
      changed[at] = static_cast<std::byte>(value);
      decode(changed);
    }
  CHECK(refused > 1000);
}
