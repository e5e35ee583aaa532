#include "tests/actors/ipfs/support.hpp"
#include "tests/interop/kubo_support.hpp"
#include "tests/interop/random_tree.hpp"

#include <sys/stat.h>

using namespace pillar;
using namespace pillar::test;
using namespace std::chrono_literals;
using ipfs::engine::import_options;

namespace {

import_options with(unsigned version, std::optional<bool> raw_leaves,
                    ipfs::engine::hash_function hash = ipfs::engine::hash_function::sha2_256) {
  import_options options;
  options.cid_version = version;
  options.raw_leaves = raw_leaves;
  options.hash = hash;
  return options;
}

import_options asked(const ipfs::engine::import_request& request) {
  return make_import_options(request);
}

} // namespace

TEST_SUITE_BEGIN("kubo");

TEST_CASE("Kubo and the embedded engine give the same CIDs to the same random trees, with every option") {
  using ipfs::engine::hash_function;
  kubo_daemon daemon;
  temporary_directory directory;
  auto seed = fresh_seed();
  MESSAGE("PILLAR_TEST_SEED=", seed);
  auto small = import_options();
  small.chunker = ipfs::engine::chunker::fixed(1000);
  small.max_links = 3;
  for (const auto& import :
       {import_options(), with(1, {}), with(1, false), with(0, true), small, import_options::unixfs_v1_2025(),
        with(1, {}, hash_function::sha2_512), with(1, {}, hash_function::blake2b_256),
        with(1, {}, hash_function::sha3_256), with(1, false, hash_function::blake3),
        asked({.chunker = "rabin-128-512-2048"}), asked({.chunker = "buzhash", .inline_limit = 32}),
        asked({.cid_version = 1, .chunker = "size-100", .trickle = true, .max_links = 3}),
        asked({.chunker = "size-500", .trickle = true, .inline_limit = 128}), asked({.cid_version = 1, .mode = 0640}),
        asked({.mode = 0751, .mtime = ipfs::engine::unixfs_time{-77, 5}})}) {
    CAPTURE(seed);
    random_tree tree(seed++);
    auto root = directory / ("tree-" + std::to_string(seed));
    tree.make(root, 80);
    auto real = open(options_for(daemon, import));
    std::unique_ptr<ipfs::backend> embedded = ipfs::embedded_ipfs::in_memory({.import = import});
    CHECK(real->add_file(root) == embedded->add_file(root));
    CHECK(add_all(*real, root) == add_all(*embedded, root));
    auto text = tree.content(tree.size());
    CHECK(real->add_str(text) == embedded->add_str(text));
  }
}

TEST_CASE("Kubo and the embedded engine shard a wide directory alike") {
  kubo_daemon daemon;
  temporary_directory directory;
  for (int i = 0; i < 6000; ++i) write_file(directory / ("wide/entry number " + std::to_string(i)), "");
  auto real = open(daemon);
  auto added = real->add_file(directory / "wide");
  CHECK(added == in_memory()->add_file(directory / "wide"));
  CHECK(real->stat(added.root.text + "/entry number 4711").size == 0);
  CHECK(failure_of([&] { real->stat(added.root.text + "/entry number 6000"); }).code() == errc::not_found);
}

TEST_CASE("what was added to Kubo is described and read back as it was") {
  kubo_daemon daemon;
  temporary_directory directory;
  auto seed = fresh_seed();
  CAPTURE(seed);
  random_tree(seed).make(directory / "tree", 200);
  write_file(directory / "tree/big", noise(3'000'000));
  auto real = open(daemon);
  auto embedded = in_memory();
  auto root = add_all(*real, directory / "tree").root.text;
  add_all(*embedded, directory / "tree");

  auto written = real->get_file("/ipfs/" + root, directory.path(), "copy");
  CHECK(written == embedded->get_file(root, directory.path(), "other"));
  CHECK(tree_text(directory / "copy") == tree_text(directory / "tree"));

  CHECK(real->stat(root) == embedded->stat(root));
  CHECK(real->stat(root + "/big") == embedded->stat(root + "/big"));
  CHECK(real->resolve(root + "/big").text == real->stat(root + "/big").id.text);
  auto content = noise(3'000'000);
  CHECK(content_of(*real, root + "/big") == content);
  CHECK(content_of(*real, root + "/big", 262'140, 300'000) == content.substr(262'140, 300'000));
  CHECK(content_of(*real, root + "/big", 3'000'000).empty());
  // The daemon agrees.
  CHECK(daemon.run({"cat", "--offset=262140", "--length=300000", root + "/big"}).output
        == content.substr(262'140, 300'000));
}

TEST_CASE("single files, links and streams can be added to Kubo") {
  kubo_daemon daemon;
  temporary_directory directory;
  write_file(directory / "odd \"name\"", "content");
  std::filesystem::create_symlink("odd \"name\"", directory / "link");
  auto real = open(daemon);
  auto embedded = in_memory();
  for (auto name : {"odd \"name\"", "link", "."})
    CHECK(real->add_file(directory / name) == embedded->add_file(directory / name));
  auto content = noise(1'000'000);
  auto added = real->add_stream(source_of(content));
  CHECK(added.root == embedded->add_str(content));
  CHECK(added.size == content.size());
  CHECK(content_of(*real, added.root.text) == content);
}

TEST_CASE("pinning is as asked for, and nothing is pinned of a tree that cannot be read") {
  kubo_daemon daemon;
  temporary_directory directory;
  write_file(directory / "tree/a", "a");
  auto real = open(daemon);
  auto pinned = real->add_str("pinned").text, loose = real->add_str("loose", {.pin = false}).text;
  CHECK(is_pinned(*real, pinned));
  CHECK(!is_pinned(*real, loose));
  CHECK(content_of(*real, loose) == "loose");
  auto before = pins_of(*real);

  std::filesystem::create_directory(directory / "tree/pipes");
  REQUIRE(::mkfifo((directory / "tree/pipes/pipe").c_str(), 0600) == 0);
  auto f = failure_of([&] { real->add_file(directory / "tree"); });
  CHECK(f.code() == errc::bad_request);
  CHECK(f.message().find("pipes/pipe is a pipe") != std::string::npos);
  CHECK(failure_of([&] { real->add_file(directory / "none"); }).code() == errc::not_found);
  CHECK(pins_of(*real) == before);
}

TEST_CASE("what Kubo does not have is not found, at once or after a search") {
  kubo_daemon daemon;
  auto missing = in_memory()->add_str("nobody has this").text;
  auto offline = open(daemon);
  auto f = failure_of([&] { offline->stat(missing); });
  CHECK(f.code() == errc::not_found);
  CHECK(f.message().find(missing) != std::string::npos);

  auto options = options_for(daemon);
  options.search = {.offline = false, .time = 100ms};
  auto online = open(options);
  CHECK(failure_of([&] { online->open_reader(missing); }).code() == errc::not_found);
  CHECK(failure_of([&] { online->block_get({missing}); }).code() == errc::not_found);
  CHECK(failure_of([&] { online->block_stat({missing}); }).code() == errc::not_found);
  CHECK(failure_of([&] { online->pin_add(missing); }).code() == errc::not_found);
}

TEST_CASE("bad paths and kinds are refused with Kubo as with the embedded engine") {
  kubo_daemon daemon;
  temporary_directory directory;
  write_file(directory / "tree/a", "a");
  auto real = open(daemon);
  auto embedded = in_memory();
  auto root = real->add_file(directory / "tree").root.text;
  embedded->add_file(directory / "tree");
  for (const auto& path : {std::string(""), std::string("Qm"), root + "/b", root + "/a/b", root + "//a", root + "/../a",
                           std::string("/ipns/example.org"), root}) {
    CAPTURE(path);
    auto expected = failure_of([&] { embedded->open_reader(path); });
    auto f = failure_of([&] { real->open_reader(path); });
    CHECK(f == expected);
  }
  CHECK(failure_of([&] { real->get_file(root, directory.path(), "tree"); }).code() == errc::already_exists);
}

TEST_CASE("a daemon whose configuration stores content otherwise is found out") {
  kubo_daemon daemon({.settings = R"({"Import": {"UnixFSHAMTDirectorySizeThreshold": "10B"}})"});
  temporary_directory directory;
  write_file(directory / "tree/a", "a");
  write_file(directory / "tree/b", "b");
  auto real = open(daemon);
  real->add_str("files are as they should be");
  auto f = failure_of([&] { real->add_file(directory / "tree"); });
  CHECK(f.code() == errc::incompatible);
  CHECK(f.message().find("section Import") != std::string::npos);
}

TEST_SUITE_END();
