/// What interfaces/ipfs_repository.hpp promises, over every backend.
#include "tests/contract/ipfs_support.hpp"

#include <algorithm>
#include <set>

using namespace pillar;
using namespace pillar::test;
using namespace pillar::test::literals;
using ipfs::add_str;
using ipfs::block_get;
using ipfs::block_put;
using ipfs::block_rm;
using ipfs::block_stat;
using ipfs::cid;
using ipfs::dag_export;
using ipfs::dag_import;
using ipfs::pin_add;
using ipfs::pin_kind;
using ipfs::pin_ls;
using ipfs::pin_rm;
using ipfs::pinned;
namespace fs = std::filesystem;

namespace {

constexpr auto empty_directory = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"; // which a Kubo daemon pins itself

/// The pins that fit, sorted.
std::vector<pinned> pins(contract_node& node, pin_ls request = {}) {
  auto all = read_all(node, std::move(request));
  CHECK(all.error() == "none");
  std::erase_if(all.items, [](auto& p) { return p.id.text == empty_directory; });
  std::ranges::sort(all.items, {}, [](auto& p) { return std::pair(p.kind, p.id.text); });
  return all.items;
}

bool has_block(contract_node& node, const cid& id) {
  auto error = node.error_of(block_stat{id});
  CHECK((error == "none" || error == "not_found"));
  return error == "none";
}

std::string archive_of(contract_node& node, const std::string& path) {
  std::string out;
  auto all = read_all(node, dag_export{path});
  CHECK(all.error() == "none");
  for (auto& piece : all.items) {
    CHECK(!piece.empty());
    CHECK(piece.size() <= 1 << 20);
    out += to_text(piece);
  }
  return out;
}

} // namespace

TEST_SUITE_BEGIN("kubo");

TEST_CASE("blocks are put under every codec and hash, described, read and removed") {
  with_every_ipfs([](contract_node& node) {
    auto info = node.ask(block_put{"hello world"_bytes});
    CHECK(info.id.text == "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
    CHECK(info.size == 11);
    CHECK(node.ask(block_stat{info.id}) == info);
    CHECK(to_text(node.ask(block_get{info.id})) == "hello world");
    std::set<std::string> ids;
    for (auto codec : {"raw", "dag-pb", "dag-cbor", "dag-json"})
      for (auto hash : {"sha2-256", "sha2-512", "blake2b-256", "blake3"}) {
        CAPTURE(codec);
        CAPTURE(hash);
        auto put = node.ask(block_put{.data = {}, .codec = codec, .hash = hash});
        CHECK(ids.insert(put.id.text).second);
        CHECK(node.ask(block_get{put.id}).empty());
      }
    auto largest = noise(2 << 20);
    auto data = bytes(std::as_bytes(std::span(largest)).begin(), std::as_bytes(std::span(largest)).end());
    auto large = node.ask(block_put{.data = data});
    CHECK((node.ask(block_get{large.id}) == data));
    data.push_back({});
    CHECK(node.error_of(block_put{.data = data}) == "too_large");

    node.ask(block_rm{info.id});
    CHECK(!has_block(node, info.id));
    CHECK(node.error_of(block_get{info.id}) == "not_found");
    CHECK(node.error_of(block_rm{info.id}) == "not_found");
  });
}

TEST_CASE("requests for blocks that cannot be are refused") {
  with_every_ipfs([](contract_node& node) {
    CHECK(node.error_of(block_put{.data = {}, .codec = "nothing"}) == "bad_request");
    CHECK(node.error_of(block_put{.data = {}, .hash = "nothing"}) == "bad_request");
    for (std::string id : {"", "no CID", "/ipfs/x"}) {
      CHECK(node.error_of(block_get{{id}}) == "bad_request");
      CHECK(node.error_of(block_stat{{id}}) == "bad_request");
      CHECK(node.error_of(block_rm{{id}}) == "bad_request");
    }
    for (auto id : {absent_cid}) {
      CHECK(node.error_of(block_get{{id}}) == "not_found");
      CHECK(node.error_of(block_stat{{id}}) == "not_found");
      CHECK(node.error_of(block_rm{{id}}) == "not_found");
    }
  });
}

TEST_CASE("a block that is pinned in any way is not removed") {
  with_every_ipfs([](contract_node& node) {
    auto tree = add_tree(node).root;
    auto leaf = node.ask(ipfs::resolve{tree.text + "/a"});
    auto single = node.ask(block_put{.data = "single"_bytes, .pin = true}).id;
    for (auto& id : {tree, leaf, single}) {
      CHECK(node.error_of(block_rm{id}) == "conflict");
      CHECK(has_block(node, id));
    }
    node.ask(pin_rm{tree.text});
    CHECK(node.error_of(block_rm{leaf}) == "none");
  });
}

TEST_CASE("what is exported is imported elsewhere, and pinned") {
  with_every_ipfs([](contract_node& node) {
    auto tree = add_tree(node);
    write_file(node.path("tree/large"), noise(1'000'000));
    auto root = node.ask(ipfs::add_file{.path = node.path("tree")}).root;
    auto archive = archive_of(node, "/ipfs/" + root.text);
    CHECK(archive.size() > 1'000'000);
    CHECK(archive_of(node, root.text + "/sub") == archive_of(node, node.ask(ipfs::resolve{root.text + "/sub"}).text));
    write_file(node.path("a.car"), archive);

    contract_node other(backend::memory);
    auto got = other.ask(dag_import{.path = node.path("a.car")});
    CHECK(got.roots == std::vector{root});
    CHECK(got.blocks > 8);
    CHECK(got.size > 1'000'000);
    CHECK((archive_of(other, root.text) == archive));
    CHECK(text_of(other, root.text + "/sub/b") == "content of b");
    // And back: the same once more changes nothing.
    CHECK(node.ask(dag_import{.path = node.path("a.car")}) == got);
    node.ask(pin_rm{root.text});
    CHECK(node.ask(dag_import{.path = node.path("a.car"), .pin_roots = false}) == got);
    CHECK(read_all(node, pin_ls{.kind = {}, .path = root.text}).error() == "not_found");
    node.ask(dag_import{.path = node.path("a.car")});
    CHECK(read_all(node, pin_ls{.kind = {}, .path = root.text}).items
          == std::vector<pinned>{{root, pin_kind::recursive, ""}});
  });
}

TEST_CASE("what cannot be exported or imported is refused, and nothing of it is pinned") {
  with_every_ipfs([](contract_node& node) {
    CHECK(read_all(node, dag_export{absent_cid}).error() == "not_found");
    CHECK(read_all(node, dag_export{"no CID"}).error() == "bad_request");
    auto tree = node.path("tree");
    write_file(tree / "a", "content of a");
    write_file(tree / "b", "content of b");
    std::string archive;
    {
      contract_node other(backend::memory);
      archive = archive_of(other, other.ask(ipfs::add_file{.path = tree}).root.text);
    }
    auto error = [&](std::string_view content) {
      write_file(node.path("a.car"), content);
      return node.error_of(dag_import{.path = node.path("a.car")});
    };
    CHECK(node.error_of(dag_import{.path = node.path("absent")}) == "not_found");
    CHECK(error("this is no archive") == "bad_request");
    CHECK(error("") == "bad_request");
    CHECK(error(std::string_view(archive).substr(0, archive.size() - 1)) == "damaged");
    auto flipped = archive;
    flipped.back() = static_cast<char>(flipped.back() ^ 1);
    CHECK(error(flipped) == "damaged");
    auto last = 1 + 34 + 20u; // the section of the last leaf: length, CID, block
    CHECK(error(std::string_view(archive).substr(0, archive.size() - last)) == "not_found");
    CHECK(pins(node).empty());
    CHECK(error(archive) == "none");
    CHECK(pins(node).size() == 1);
  });
}

TEST_CASE("pins of every kind are made, listed, renamed and removed") {
  with_every_ipfs([](contract_node& node) {
    write_file(node.path("tree/a"), "content of a");
    auto root = node.ask(ipfs::add_file{.path = node.path("tree"), .options = {.pin = false}}).root;
    auto leaf = node.ask(ipfs::resolve{root.text + "/a"});
    CHECK(pins(node).empty());

    CHECK(node.ask(pin_add{.path = root.text, .name = "odd \"name\" \xc3\xbc"}) == root);
    CHECK(pins(node) == std::vector<pinned>{{root, pin_kind::recursive, "odd \"name\" \xc3\xbc"}});
    CHECK(pins(node, {.kind = pin_kind::indirect}) == std::vector<pinned>{{leaf, pin_kind::indirect, ""}});
    CHECK(pins(node, {.kind = pin_kind::direct}).empty());
    CHECK(pins(node, {.kind = {}, .path = root.text + "/a"}) == std::vector<pinned>{{leaf, pin_kind::indirect, ""}});
    CHECK(pins(node, {.kind = {}, .path = {}, .name = "odd"}).size() == 1);
    CHECK(pins(node, {.kind = {}, .path = {}, .name = "even"}).empty());

    node.ask(pin_add{.path = "/ipfs/" + root.text, .name = "new"});
    CHECK(pins(node, {.kind = pin_kind::recursive}) == std::vector<pinned>{{root, pin_kind::recursive, "new"}});
    node.ask(pin_add{.path = root.text});
    CHECK(pins(node, {.kind = pin_kind::recursive})[0].name == "");

    CHECK(node.ask(pin_add{.path = root.text + "/a", .recursive = false}) == leaf);
    CHECK(pins(node) == std::vector<pinned>{{root, pin_kind::recursive, ""}, {leaf, pin_kind::direct, ""}});
    CHECK(pins(node, {.kind = pin_kind::indirect}).empty());
    CHECK(node.ask(pin_rm{.path = root.text}) == root);
    CHECK(pins(node) == std::vector<pinned>{{leaf, pin_kind::direct, ""}});
    node.ask(pin_add{.path = leaf.text}); // a direct pin becomes a recursive one
    CHECK(pins(node) == std::vector<pinned>{{leaf, pin_kind::recursive, ""}});
    node.ask(pin_rm{.path = leaf.text});
    CHECK(pins(node).empty());
  });
}

TEST_CASE("pins that cannot be are refused") {
  with_every_ipfs([](contract_node& node) {
    auto root = add_tree(node).root.text;
    CHECK(node.error_of(pin_add{.path = "no CID"}) == "bad_request");
    CHECK(node.error_of(pin_add{.path = absent_cid}) == "not_found");
    CHECK(node.error_of(pin_add{.path = root + "/absent"}) == "not_found");
    CHECK(node.error_of(pin_add{.path = root, .recursive = false}) == "conflict");
    CHECK(node.error_of(pin_add{.path = root, .recursive = true, .name = std::string(256, 'x')}) == "too_large");

    CHECK(node.error_of(pin_rm{.path = "no CID"}) == "bad_request");
    CHECK(node.error_of(pin_rm{.path = absent_cid}) == "not_found");
    CHECK(node.error_of(pin_rm{.path = root + "/a"}) == "not_found"); // it is, through the tree
    CHECK(node.error_of(pin_rm{.path = root, .recursive = false}) == "not_found");
    CHECK(pins(node).size() == 1);

    CHECK(read_all(node, pin_ls{.kind = {}, .path = "no CID"}).error() == "bad_request");
    CHECK(read_all(node, pin_ls{.kind = {}, .path = absent_cid}).error() == "not_found");
    CHECK(read_all(node, pin_ls{.kind = pin_kind::direct, .path = root}).error() == "not_found");
    CHECK(read_all(node, pin_ls{.kind = {}, .path = root, .name = "another"}).error() == "not_found");
  });
}

TEST_CASE("garbage is removed and named, and what a pin keeps stays") {
  with_every_ipfs([](contract_node& node) {
    auto tree = add_tree(node).root.text;
    auto direct = node.ask(block_put{.data = "direct"_bytes}).id;
    node.ask(pin_add{.path = direct.text, .recursive = false});
    auto loose = node.ask(block_put{.data = "loose"_bytes}).id;
    auto unpinned = node.ask(add_str{"unpinned"});
    node.ask(pin_rm{.path = unpinned.text});
    auto before = node.ask(ipfs::repo_stat{});

    auto removed = read_all(node, ipfs::gc{});
    CHECK(removed.error() == "none");
    CHECK(removed.items.size() >= 2);
    CHECK(!has_block(node, loose));
    CHECK(!has_block(node, unpinned));
    CHECK(has_block(node, direct));
    CHECK(text_of(node, tree + "/sub/b") == "content of b");
    CHECK(node.ask(ipfs::repo_stat{}).blocks == before.blocks - removed.items.size());
    CHECK(read_all(node, ipfs::gc{}).items.empty());
  });
}

TEST_CASE("every block is verified, and counted at the end") {
  with_every_ipfs([](contract_node& node) {
    add_tree(node);
    auto all = read_all(node, ipfs::verify{});
    CHECK(all.error() == "none");
    REQUIRE(!all.items.empty());
    CHECK(all.items.back().blocks == node.ask(ipfs::repo_stat{}).blocks);
    CHECK(std::ranges::none_of(all.items, [](auto& v) { return v.damaged.has_value(); }));
    CHECK(std::ranges::is_sorted(all.items, {}, &ipfs::verified::blocks));
  });
}

TEST_CASE("the repository says how much is in it") {
  with_every_ipfs([](contract_node& node) {
    auto before = node.ask(ipfs::repo_stat{});
    CHECK(!before.version.empty());
    node.ask(add_str{"hello world"});
    auto after = node.ask(ipfs::repo_stat{});
    CHECK(after.blocks > before.blocks);
    node.ask(add_str{"hello world"}); // is there already
    CHECK(node.ask(ipfs::repo_stat{}).blocks == after.blocks);
    CHECK(after.path == before.path);
    CHECK(after.version == before.version);
  });
}

TEST_SUITE_END();
