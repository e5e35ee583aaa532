#include "tests/actors/ipfs/support.hpp"
#include "tests/interop/kubo_support.hpp"
#include "tests/interop/random_tree.hpp"

using namespace pillar;
using namespace pillar::test;
using namespace std::chrono_literals;
using ipfs::kubo_ipfs;
using ipfs::kubo_pin;
using ipfs::kubo_pin_kind;
using ipfs::engine::codec;
using ipfs::engine::view_of;

TEST_SUITE_BEGIN("kubo");

TEST_CASE("pins of every kind are made, listed, renamed and removed") {
  kubo_daemon daemon;
  auto ipfs = kubo_ipfs::open(options_for(daemon));
  temporary_directory directory;
  write_file(directory / "tree/a", "a");
  auto root = ipfs->add_file(directory / "tree", {.pin = false}).root;
  auto leaf = ipfs->resolve(root.text + "/a");
  CHECK(pins_of(*ipfs).empty());

  ipfs->pin_add(root.text, true, "odd \"name\" \xc3\xbc");
  CHECK(pins_of(*ipfs, {.kind = kubo_pin_kind::recursive})
        == std::vector<kubo_pin>{{root, kubo_pin_kind::recursive, "odd \"name\" \xc3\xbc"}});
  CHECK(pins_of(*ipfs, {.kind = kubo_pin_kind::indirect})
        == std::vector<kubo_pin>{{leaf, kubo_pin_kind::indirect, ""}});
  CHECK(pins_of(*ipfs).size() == 2);
  CHECK(pins_of(*ipfs, {.kind = kubo_pin_kind::recursive, .name = "odd"}).size() == 1);
  CHECK(pins_of(*ipfs, {.kind = kubo_pin_kind::recursive, .name = "even"}).empty());

  ipfs->pin_add("/ipfs/" + root.text, true, "new name");
  CHECK(pins_of(*ipfs, {.kind = kubo_pin_kind::recursive})[0].name == "new name");
  ipfs->pin_add(root.text + "/a", false);
  CHECK(pins_of(*ipfs, {.kind = kubo_pin_kind::direct}) == std::vector<kubo_pin>{{leaf, kubo_pin_kind::direct, ""}});
  CHECK(ipfs->is_pinned(leaf.text));
  CHECK(failure_of([&] { ipfs->pin_add(root.text, false); }).code() == errc::conflict);
  CHECK(failure_of([&] { ipfs->pin_add(root.text, true, std::string(256, 'x')); }).code() == errc::too_large);

  ipfs->pin_rm(root.text);
  ipfs->pin_rm(leaf.text, false);
  CHECK(pins_of(*ipfs).empty());
  CHECK(failure_of([&] { ipfs->pin_rm(root.text); }).code() == errc::not_found);
}

TEST_CASE("blocks are put, read back, and removed unless they are pinned") {
  kubo_daemon daemon;
  auto ipfs = kubo_ipfs::open(options_for(daemon));
  auto big = noise(2 << 20);
  auto raw = ipfs->block_put(view_of("raw \n\0 bytes")),
       node = ipfs->block_put(view_of("\x0a\x02\x08\x01"), codec::dag_pb);
  auto large = ipfs->block_put(view_of(big)), empty = ipfs->block_put({});
  CHECK(ipfs::engine::text_of(ipfs->block_get(raw.text)) == "raw \n\0 bytes");
  CHECK(ipfs->stat(node.text).kind == ipfs::kind::directory);
  CHECK(ipfs::engine::text_of(ipfs->block_get(large.text)) == big);
  CHECK(ipfs->block_size(large.text) == big.size());
  CHECK(ipfs->block_get(empty.text).empty());
  CHECK(failure_of([&] { ipfs->block_put(view_of(big + "x")); }).code() == errc::too_large);

  ipfs->block_rm(raw.text);
  CHECK(!ipfs->block_size(raw.text));
  CHECK(failure_of([&] { ipfs->block_get(raw.text); }).code() == errc::not_found);
  CHECK(failure_of([&] { ipfs->block_rm(raw.text); }).code() == errc::not_found);
  auto pinned = ipfs->block_put(view_of("pinned"), codec::raw, true);
  CHECK(failure_of([&] { ipfs->block_rm(pinned.text); }).code() == errc::conflict);
  CHECK(ipfs->block_size(pinned.text) == 6);
}

TEST_CASE("an archive that one daemon exports is imported by another") {
  kubo_daemon one, other;
  auto from = kubo_ipfs::open(options_for(one)), to = kubo_ipfs::open(options_for(other));
  temporary_directory directory;
  auto seed = fresh_seed();
  CAPTURE(seed);
  random_tree(seed).make(directory / "tree", 150);
  auto root = from->add_file(directory / "tree", {.hidden = true}).root;

  std::string archive;
  from->dag_export(root.text, [&](ipfs::engine::bytes_view piece) { archive += ipfs::engine::text_of(piece); });
  CHECK(archive == one.run({"dag", "export", "--progress=false", root.text}).output);

  auto imported = to->dag_import(source_of(archive));
  CHECK(imported.roots == std::vector{root});
  CHECK(imported.blocks > 0);
  CHECK(to->is_pinned(root.text));
  to->get_file(root.text, directory.path(), "copy");
  CHECK(tree_text(directory / "copy") == tree_text(directory / "tree"));

  CHECK(failure_of([&] { to->dag_import(source_of("this is no archive")); }).code() != errc::internal);
  auto cut = failure_of([&] { to->dag_import(source_of(std::string_view(archive).substr(0, archive.size() - 3))); });
  CHECK(cut.code() != errc::internal);
  auto damaged = archive;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  CHECK(failure_of([&] { to->dag_import(source_of(damaged)); }).code() != errc::internal);
  auto missing = ipfs::embedded_ipfs::in_memory()->add_str("nobody has this").text;
  CHECK(failure_of([&] { from->dag_export(missing, [](auto) {}); }).code() == errc::not_found);
}

TEST_CASE("garbage is collected, and what is pinned stays") {
  kubo_daemon daemon;
  auto ipfs = kubo_ipfs::open(options_for(daemon));
  auto kept = ipfs->add_str("kept"), loose = ipfs->add_str("loose", false);
  auto before = ipfs->repo_stat();
  CHECK(before.objects >= 2);
  CHECK(before.size > 0);
  CHECK(before.path == daemon.repository().string());
  CHECK(before.version.starts_with("fs-repo@"));
  CHECK(ipfs->repo_stat(true).objects == 0);

  std::vector<ipfs::cid> removed;
  auto count = ipfs->gc([&](const ipfs::cid& id) { removed.push_back(id); });
  CHECK(count == removed.size());
  CHECK(count >= 1);
  CHECK(!ipfs->block_size(loose.text));
  CHECK(content_of(*ipfs, kept.text) == "kept");
  CHECK(ipfs->repo_stat().objects < before.objects);
  CHECK(ipfs->gc() == 0);
}

TEST_CASE("a damaged block in the daemon's store is found, and never served") {
  kubo_daemon daemon;
  auto ipfs = kubo_ipfs::open(options_for(daemon));
  auto sound = ipfs->block_put(view_of("sound")), damaged = ipfs->block_put(view_of("to be damaged"));
  std::vector<ipfs::cid> found;
  auto verify = [&] { return ipfs->verify([&](const ipfs::cid& id, std::string_view) { found.push_back(id); }); };
  auto count = verify();
  CHECK(count >= 2);
  CHECK(found.empty());

  for (const auto& file : std::filesystem::recursive_directory_iterator(daemon.repository() / "blocks"))
    if (file.is_regular_file() && read_file(file.path()) == "to be damaged") flip_byte(file.path(), 3);
  CHECK(verify() == count);
  REQUIRE(found.size() == 1);
  CHECK(ipfs::engine::content_id::parse(found[0].text).hash() == ipfs::engine::content_id::parse(damaged.text).hash());
  auto f = failure_of([&] { ipfs->block_get(damaged.text); });
  CHECK(f.code() == errc::damaged);
  CHECK(ipfs::engine::text_of(ipfs->block_get(sound.text)) == "sound");
}

TEST_SUITE_END();
