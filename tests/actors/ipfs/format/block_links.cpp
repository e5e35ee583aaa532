// What blocks link to, in every codec that links, and what is refused.
#include "actors/ipfs/format/block_links.hpp"

#include "actors/ipfs/store/dag_walk.hpp"
#include "tests/actors/ipfs/store/garbage.hpp"

#include <doctest/doctest.h>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;
using namespace std::string_literals;

namespace {

const content_id target = raw_id("target");

content_id id_of(codec c) {
  return {1, c, hash_of(hash_function::sha2_256, view_of("block"))};
}

std::vector<content_id> links_of(codec c, std::string_view block) {
  std::vector<content_id> out;
  for_each_link(id_of(c), view_of(block), [&](const content_id& link) { out.push_back(link); });
  return out;
}

std::string cbor_link(const content_id& id) {
  bytes data;
  id.append_to(data);
  return "\xd8\x2a\x58"s + static_cast<char>(data.size() + 1) + '\0' + std::string(text_of(data));
}

std::string json_link(const content_id& id) {
  return R"({"/":")" + id.to_string() + R"("})";
}

} // namespace

TEST_CASE("links of dag-cbor are found wherever they are") {
  auto link = cbor_link(target);
  using list = std::vector<content_id>;
  CHECK(links_of(codec_dag_cbor, link) == list{target});
  CHECK(links_of(codec_dag_cbor, "\x83\x01"s + link + "\xa1\x61k"s + link) == list{target, target});
  CHECK(links_of(codec_dag_cbor, "\xa0"s).empty());
  CHECK(links_of(codec_dag_cbor, "\x82\xfb\x40\x09\x21\xfb\x54\x44\x2d\x18\xf6"s).empty());
  CHECK(links_of(codec_dag_cbor, std::string(100'000, '\x81') + link) == list{target}); // deep
}

TEST_CASE("malformed dag-cbor is damage that names the block") {
  auto link = cbor_link(target);
  for (const auto& block : {""s, link.substr(0, 20), link + "x", "\x82"s + link, "\x9f\xff"s, "\xd8\x2b\x00"s,
                            "\xd8\x2a\x01"s, "\xd8\x2a\x41\x01"s, "\xd8\x2a\x40"s,
                            "\x9b\xff\xff\xff\xff\xff\xff\xff\xff"s, "\xbb\x80\x00\x00\x00\x00\x00\x00\x00"s,
                            "\x5b\xff\xff\xff\xff\xff\xff\xff\xff"s, "\xd8\x2a\x43\x00\x01\x55"s}) {
    CAPTURE(in_quotes(block));
    auto why = failure_of([&] { links_of(codec_dag_cbor, block); });
    CHECK(why.code() == errc::damaged);
    CHECK(why.message().find(id_of(codec_dag_cbor).to_string()) != std::string::npos);
  }
}

TEST_CASE("links of dag-json are found wherever they are") {
  using list = std::vector<content_id>;
  CHECK(links_of(codec_dag_json, json_link(target)) == list{target});
  CHECK(
      links_of(codec_dag_json, "[1,-2,3.5,true,null,\"/\"," + json_link(target) + ",{\"a\":" + json_link(target) + "}]")
      == list{target, target});
  CHECK(links_of(codec_dag_json, R"({"/":{"bytes":"AQID"}})").empty());
  CHECK(links_of(codec_dag_json, R"({"a":"/","b":{}})").empty());
}

TEST_CASE("malformed dag-json is damage that names the block") {
  for (const auto& block :
       {""s, "{"s, "{} {}"s, R"({"/":"no CID"})"s, R"({"/":"x","a":1})"s,
        R"({"a":1,"/":")"s + target.to_string() + "\"}", "[" + json_link(target), std::string(100'000, '[')}) {
    CAPTURE(in_quotes(block));
    auto why = failure_of([&] { links_of(codec_dag_json, block); });
    CHECK(why.code() == errc::damaged);
    CHECK(why.message().find(id_of(codec_dag_json).to_string()) != std::string::npos);
  }
}

TEST_CASE("codecs without links have none and unknown ones are refused") {
  for (auto c : {codec::raw, codec_cbor, codec_json, codec_libp2p_key}) {
    CHECK_FALSE(may_link(id_of(c)));
    CHECK(links_of(c, "anything").empty());
  }
  auto why = failure_of([] { may_link(id_of(static_cast<codec>(0x78))); });
  CHECK(why.code() == errc::unsupported);
  CHECK(why.message().find("120") != std::string::npos);
}

TEST_CASE("a walk with little room reaches everything") {
  memory_block_store store;
  std::size_t blocks = 1;
  std::vector<pb_link> top;
  for (int i = 0; i < 50; ++i) {
    std::vector<pb_link> links;
    for (int k = 0; k < 20; ++k, ++blocks)
      links.push_back({put_directory(store, {{put_raw(store, std::to_string(i * 100 + k)), "f", 0}}), "", 0}), ++blocks;
    top.push_back({put_directory(store, links), "", 0});
    ++blocks;
  }
  auto root = put_directory(store, top);
  REQUIRE(store.stats().blocks == blocks);
  for (std::size_t room : {0u, 1u, 100u, 1000u, 100'000u}) {
    CAPTURE(room);
    std::set<std::string> reached;
    dag_walk walk(store,
                  {.reached = [&](const content_id& id) { CHECK(reached.insert(id.to_string()).second); },
                   .missing = {},
                   .unreadable = {}},
                  {}, room);
    walk.walk(root, true);
    CHECK(reached.size() == blocks);
    walk.walk(root, true); // once is enough
    CHECK(reached.size() == blocks);
  }
}

TEST_CASE("links inside of a CID are followed") {
  memory_block_store store;
  auto leaf = put_raw(store, "leaf");
  auto node = encode_dag_pb({{leaf, "", 0}}, {});
  content_id inlined(1, codec::dag_pb, hash_of(hash_function::identity, node));
  auto batch = store.begin();
  batch->pin({inlined, pin_mode::recursive, ""});
  batch->commit();
  CHECK(store.collect_garbage().blocks == 0);
  CHECK(is_here(store, leaf));
}
