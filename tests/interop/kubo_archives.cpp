// The archives of `ipfs get -a` and of get_archive, unpacked by the real tar: the same trees.
#include "tests/actors/ipfs/support.hpp"
#include "tests/interop/kubo_support.hpp"
#include "tests/interop/random_tree.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace pillar;
using namespace pillar::test;
namespace fs = std::filesystem;

namespace {

/// Unpacks an archive into a new directory, with the recorded modes. (Kubo rounds the time up, into the future.)
void unpack(const fs::path& archive, const fs::path& into) {
  fs::create_directory(into);
  REQUIRE(std::system(("tar --warning=no-timestamp -xpf '" + archive.string() + "' -C '" + into.string() + "'").c_str())
          == 0);
}

} // namespace

TEST_SUITE_BEGIN("kubo");

TEST_CASE("archives of random trees unpack to what those of ipfs get unpack to") {
  kubo_daemon daemon;
  auto real = open(daemon), embedded = in_memory();
  temporary_directory directory;
  auto seed = fresh_seed();
  MESSAGE("PILLAR_TEST_SEED=", seed);
  CAPTURE(seed);
  random_tree tree(seed);
  tree.make(directory / "tree", 60);
  write_file(directory / "tree" / std::string(150, 'n') / std::string(150, 'm'), "deep");
  for (bool preserve : {false, true}) {
    CAPTURE(preserve);
    auto place = directory / (preserve ? "preserved" : "plain");
    fs::create_directory(place);
    ipfs::selection what{.paths = {directory / "tree"}, .hidden = true};
    ipfs::add_options options{.preserve_mode = preserve, .preserve_mtime = preserve};
    auto root = real->add_files(what, options).root.text;
    REQUIRE(embedded->add_files(what, options).root.text == root);
    std::string mine, through_daemon;
    auto to = [](std::string& all) {
      return [&](ipfs::engine::bytes_view piece) { all += ipfs::engine::text_of(piece); };
    };
    embedded->get_archive(root, {}, {.seconds = 1'000'000'000}, to(mine));
    real->get_archive(root, {}, {.seconds = 1'000'000'000}, to(through_daemon));
    CHECK((mine == through_daemon));
    write_file(place / "mine.tar", mine);
    daemon.text({"get", "-a", "--progress=false", "-o", (place / "theirs").string(), root});
    unpack(place / "mine.tar", place / "mine");
    unpack(place / "theirs.tar", place / "theirs");
    auto unpacked = tree_text(place / "mine" / root);
    CHECK(unpacked == tree_text(place / "theirs" / root));
    CHECK(unpacked == tree_text(directory / "tree"));
    if (preserve)
      CHECK(embedded->add_files({.paths = {place / "mine" / root}, .hidden = true}, options).root.text == root);
  }
}

TEST_SUITE_END();
