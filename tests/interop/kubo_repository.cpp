#include "tests/actors/ipfs/support.hpp"
#include "tests/interop/kubo_support.hpp"
#include "tests/interop/random_tree.hpp"

using namespace pillar;
using namespace pillar::test;
using namespace std::chrono_literals;
using ipfs::pin_kind;
using ipfs::pinned;
using ipfs::engine::view_of;

TEST_SUITE_BEGIN("kubo");

TEST_CASE("pins of every kind are made, listed, renamed and removed") {
  kubo_daemon daemon;
  auto ipfs = open(daemon);
  temporary_directory directory;
  write_file(directory / "tree/a", "a");
  auto root = ipfs->add_file(directory / "tree", {.pin = false}).root;
  auto leaf = ipfs->resolve(root.text + "/a");
  CHECK(pins_of(*ipfs).empty());

  ipfs->pin_add(root.text, true, "odd \"name\" \xc3\xbc");
  CHECK(pins_of(*ipfs, {.kind = pin_kind::recursive})
        == std::vector<pinned>{{root, pin_kind::recursive, "odd \"name\" \xc3\xbc"}});
  CHECK(pins_of(*ipfs, {.kind = pin_kind::indirect}) == std::vector<pinned>{{leaf, pin_kind::indirect, ""}});
  CHECK(pins_of(*ipfs).size() == 1);
  CHECK(pins_of(*ipfs, {.kind = {}, .path = leaf.text}) == std::vector<pinned>{{leaf, pin_kind::indirect, ""}});
  CHECK(pins_of(*ipfs, {.kind = {}, .path = root.text + "/a"}).size() == 1);
  CHECK(pins_of(*ipfs, {.kind = {}, .path = root.text})[0].name == "odd \"name\" \xc3\xbc");
  CHECK(failure_of([&] { pins_of(*ipfs, {.kind = pin_kind::direct, .path = leaf.text}); }).code() == errc::not_found);
  CHECK(pins_of(*ipfs, {.kind = pin_kind::recursive, .name = "odd"}).size() == 1);
  CHECK(pins_of(*ipfs, {.kind = pin_kind::recursive, .name = "even"}).empty());

  ipfs->pin_add("/ipfs/" + root.text, true, "new name");
  CHECK(pins_of(*ipfs, {.kind = pin_kind::recursive})[0].name == "new name");
  ipfs->pin_add(root.text + "/a", false);
  CHECK(pins_of(*ipfs, {.kind = pin_kind::direct}) == std::vector<pinned>{{leaf, pin_kind::direct, ""}});
  CHECK(is_pinned(*ipfs, leaf.text));
  CHECK(failure_of([&] { ipfs->pin_add(root.text, false); }).code() == errc::conflict);
  CHECK(failure_of([&] { ipfs->pin_add(root.text, true, std::string(256, 'x')); }).code() == errc::too_large);

  CHECK(failure_of([&] { ipfs->pin_rm(root.text, false); }).code() == errc::not_found);
  ipfs->pin_rm(root.text + "/a", false);
  CHECK(failure_of([&] { ipfs->pin_rm(leaf.text); }).code() == errc::not_found); // it is, through the tree
  ipfs->pin_rm(root.text);
  CHECK(pins_of(*ipfs).empty());
  CHECK(failure_of([&] { ipfs->pin_rm(root.text); }).code() == errc::not_found);
}

TEST_CASE("blocks are put under every codec and hash, read back, and removed unless they are pinned") {
  kubo_daemon daemon;
  auto ipfs = open(daemon), embedded = in_memory();
  auto big = noise(2 << 20);
  auto raw = ipfs->block_put(view_of("raw \n bytes"));
  auto node = ipfs->block_put(view_of("\x0a\x02\x08\x01"), "dag-pb");
  CHECK(raw.size == 11);
  CHECK(ipfs->stat(node.id.text).kind == ipfs::kind::directory);
  for (auto codec : {"raw", "dag-pb", "dag-cbor", "dag-json"})
    for (auto hash : {"sha2-256", "sha2-512", "blake2b-256", "blake3"}) {
      CAPTURE(codec);
      CAPTURE(hash);
      // An empty node of each: an empty map; in dag-pb no bytes at all.
      auto block = std::string_view(codec) == "dag-cbor" ? "\xa0" : std::string_view(codec) == "dag-pb" ? "" : "{}";
      auto put = ipfs->block_put(view_of(block), codec, hash);
      CHECK(put == embedded->block_put(view_of(block), codec, hash));
      CHECK(ipfs::engine::text_of(ipfs->block_get(put.id)) == block);
      CHECK(ipfs->block_stat(put.id) == put);
    }
  auto large = ipfs->block_put(view_of(big)).id, empty = ipfs->block_put({}).id;
  CHECK(ipfs::engine::text_of(ipfs->block_get(raw.id)) == "raw \n bytes");
  CHECK(ipfs::engine::text_of(ipfs->block_get(large)) == big);
  CHECK(ipfs->block_stat(large).size == big.size());
  CHECK(ipfs->block_get(empty).empty());
  CHECK(failure_of([&] { ipfs->block_put(view_of(big + "x")); }).code() == errc::too_large);
  CHECK(failure_of([&] { ipfs->block_put({}, "nothing"); }).code() == errc::bad_request);
  CHECK(failure_of([&] { ipfs->block_put({}, "raw", "nothing"); }).code() == errc::bad_request);

  ipfs->block_rm(raw.id);
  CHECK(failure_of([&] { ipfs->block_stat(raw.id); }).code() == errc::not_found);
  CHECK(failure_of([&] { ipfs->block_get(raw.id); }).code() == errc::not_found);
  CHECK(failure_of([&] { ipfs->block_rm(raw.id); }).code() == errc::not_found);
  auto pinned = ipfs->block_put(view_of("pinned"), "raw", "sha2-256", true).id;
  CHECK(failure_of([&] { ipfs->block_rm(pinned); }).code() == errc::conflict);
  CHECK(ipfs->block_stat(pinned).size == 6);
}

TEST_CASE("an archive that one daemon exports is imported by another") {
  kubo_daemon one, other;
  auto from = open(one), to = open(other), embedded = in_memory();
  temporary_directory directory;
  auto seed = fresh_seed();
  CAPTURE(seed);
  random_tree(seed).make(directory / "tree", 150);
  auto root = add_all(*from, directory / "tree").root;

  auto archive = archive_of(*from, root.text);
  CHECK(archive == one.run({"dag", "export", "--progress=false", root.text}).output);
  write_file(directory / "a.car", archive);

  auto imported = to->dag_import(directory / "a.car");
  CHECK(imported.roots == std::vector{root});
  CHECK(imported == embedded->dag_import(directory / "a.car"));
  CHECK(is_pinned(*to, root.text));
  to->get_file(root.text, directory.path(), "copy");
  CHECK(tree_text(directory / "copy") == tree_text(directory / "tree"));

  auto missing = embedded->add_str("nobody has this").text;
  CHECK(failure_of([&] { from->dag_export(missing, [](auto) {}); }).code() == errc::not_found);
}

TEST_CASE("an archive that is unsound or not whole pins nothing") {
  kubo_daemon daemon;
  auto ipfs = open(daemon), embedded = in_memory();
  temporary_directory directory;
  write_file(directory / "tree/a", "a");
  auto root = embedded->add_file(directory / "tree").root;
  auto archive = archive_of(*embedded, root.text);
  auto code_of = [&](std::string_view content) {
    write_file(directory / "a.car", content);
    return failure_of([&] { ipfs->dag_import(directory / "a.car"); }).code();
  };
  CHECK(code_of("this is no archive") == errc::bad_request);
  CHECK(code_of(std::string_view(archive).substr(0, archive.size() - 3)) == errc::damaged);
  auto damaged = archive;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  CHECK(code_of(damaged) == errc::damaged);
  auto leaf = embedded->stat(root.text + "/a").cumulative_size + 34 + 1; // its section, behind all others
  CHECK(code_of(std::string_view(archive).substr(0, archive.size() - leaf)) == errc::not_found);
  CHECK(pins_of(*ipfs).empty());
}

TEST_CASE("garbage is collected, and what is pinned stays") {
  kubo_daemon daemon;
  auto ipfs = open(daemon);
  auto kept = ipfs->add_str("kept"), loose = ipfs->add_str("loose", {.pin = false});
  auto before = ipfs->repo_stat();
  CHECK(before.blocks >= 2);
  CHECK(before.size > 0);
  CHECK(before.path == daemon.repository());
  CHECK(before.version.starts_with("fs-repo@"));

  std::vector<ipfs::cid> removed;
  auto collect = [&](const ipfs::cid& id) { removed.push_back(id); };
  ipfs->gc(collect);
  CHECK(removed.size() >= 1);
  CHECK(failure_of([&] { ipfs->block_stat(loose); }).code() == errc::not_found);
  CHECK(content_of(*ipfs, kept.text) == "kept");
  CHECK(ipfs->repo_stat().blocks < before.blocks);
  removed.clear();
  ipfs->gc(collect);
  CHECK(removed.empty());
  ipfs->gc();
}

TEST_CASE("a damaged block in the daemon's store is found, and never served") {
  kubo_daemon daemon;
  auto ipfs = open(daemon);
  auto sound = ipfs->block_put(view_of("sound")).id, damaged = ipfs->block_put(view_of("to be damaged")).id;
  std::vector<ipfs::verified> items;
  auto verify = [&] {
    items.clear();
    ipfs->verify([&](const ipfs::verified& v) { items.push_back(v); });
    return items.back().blocks;
  };
  auto count = verify();
  CHECK(count >= 2);
  CHECK(std::ranges::none_of(items, [](auto& v) { return v.damaged.has_value(); }));

  for (const auto& file : std::filesystem::recursive_directory_iterator(daemon.repository() / "blocks"))
    if (file.is_regular_file() && read_file(file.path()) == "to be damaged") flip_byte(file.path(), 3);
  CHECK(verify() == count);
  std::erase_if(items, [](auto& v) { return !v.damaged; });
  REQUIRE(items.size() == 1);
  CHECK(ipfs::engine::content_id::parse(items[0].damaged->text).hash()
        == ipfs::engine::content_id::parse(damaged.text).hash());
  CHECK(items[0].problem.find("corrupt") != std::string::npos);
  auto f = failure_of([&] { ipfs->block_get(damaged); });
  CHECK(f.code() == errc::damaged);
  CHECK(ipfs::engine::text_of(ipfs->block_get(sound)) == "sound");
}

TEST_SUITE_END();
