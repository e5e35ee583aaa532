// The same blocks, byte for byte, from random trees with random options.
#include "actors/ipfs/format/car_reader.hpp"
#include "tests/actors/ipfs/support.hpp"
#include "tests/interop/kubo_support.hpp"
#include "tests/interop/random_tree.hpp"

#include <map>
#include <random>

using namespace pillar;
using namespace pillar::test;
using ipfs::add_options;

namespace {

/// Of an archive, by CID; without those that are in their CIDs, which Kubo writes all the same.
std::map<std::string, std::string> blocks_of(const std::string& archive) {
  ipfs::engine::car_reader reader(source_of(archive), "the archive");
  std::map<std::string, std::string> out;
  while (auto section = reader.next())
    if (!ipfs::engine::inlined_block(section->id))
      out.emplace(section->id.to_string(), std::string(ipfs::engine::text_of(section->block)));
  return out;
}

/// Files of a few chunks and of as many as nodes have links, with a byte more and less.
void add_boundaries(const std::filesystem::path& root, random_tree& random, std::size_t chunk, std::size_t links) {
  for (auto size : {std::size_t{0}, std::size_t{1}, chunk - 1, chunk, chunk + 1, 2 * chunk, links * chunk - 1,
                    links * chunk, links * chunk + 1})
    write_file(root / "boundaries" / std::to_string(size), random.content(size));
}

/// Something that Kubo takes, too; `chunk` is the size of its chunks if they have one.
add_options random_options(std::mt19937_64& random, std::size_t chunk) {
  auto one_of = [&](std::initializer_list<const char*> of) {
    return std::string(*(of.begin() + random() % of.size()));
  };
  auto maybe = [&] { return random() % 3 == 0; };
  add_options out;
  if (maybe()) out.profile = "unixfs-v1-2025";
  if (maybe()) out.cid_version = random() % 2;
  if (maybe()) out.raw_leaves = random() % 2;
  out.chunker = random() % 4 ? "size-" + std::to_string(chunk) : one_of({"rabin-1024-2048-4096", "buzhash", "rabin"});
  if (maybe() && out.cid_version != 0) out.hash = one_of({"sha2-256", "sha2-512", "blake2b-256", "blake3"});
  out.trickle = maybe();
  if (maybe()) out.inline_limit = static_cast<std::uint32_t>(1 + random() % 128);
  if (!out.raw_leaves.value_or(!out.profile.empty())) { // raw blocks hold none of this
    if (maybe()) out.mode = 1 + random() % 0777;
    if (maybe()) out.mtime = ipfs::timestamp{1 + static_cast<std::int64_t>(random() % 2'000'000'000), 17};
    out.preserve_mode = maybe();
    out.preserve_mtime = maybe();
  }
  return out;
}

/// For the message of a failed test.
std::string in_words(const add_options& o) {
  auto number = [](const auto& value) { return value ? std::to_string(*value) : std::string("-"); };
  return o.profile + " cid-version " + number(o.cid_version) + ", raw-leaves " + number(o.raw_leaves) + ", " + o.chunker
         + " " + o.hash + (o.trickle ? ", trickle" : "") + ", inline " + std::to_string(o.inline_limit) + ", mode "
         + number(o.mode) + (o.mtime ? ", mtime " + std::to_string(o.mtime->seconds) : "")
         + (o.preserve_mode ? ", preserve-mode" : "") + (o.preserve_mtime ? ", preserve-mtime" : "");
}

} // namespace

TEST_SUITE_BEGIN("kubo");

TEST_CASE("random trees with random options are the same blocks to Kubo, and each side reads the other's archive") {
  kubo_daemon daemon({.profiles = "test,pebbleds"}); // for many small blocks
  auto real = open(daemon);
  temporary_directory directory;
  auto seed = fresh_seed();
  MESSAGE("PILLAR_TEST_SEED=", seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 6; ++round) {
    CAPTURE(seed);
    CAPTURE(round);
    auto root = directory / ("tree-" + std::to_string(round));
    auto chunk = std::size_t{256} << random() % 3;
    random_tree tree(seed + static_cast<std::uint64_t>(round));
    tree.make(root, 60);
    auto options = random_options(random, chunk);
    add_boundaries(root, tree, chunk, options.profile.empty() ? 174 : 1024);
    INFO(in_words(options));

    auto embedded = in_memory();
    ipfs::selection all{.paths = {root}, .hidden = true, .wrap = round % 2 == 1};
    auto here = embedded->add_files(all, options), there = real->add_files(all, options);
    REQUIRE(here == there);
    auto hashed = options;
    hashed.only_hash = true;
    CHECK(embedded->add_files(all, hashed) == here);
    CHECK(real->add_files(all, hashed) == here);

    auto ours = archive_of(*embedded, here.root.text), theirs = archive_of(*real, here.root.text);
    CHECK((blocks_of(ours) == blocks_of(theirs)));
    write_file(directory / "ours.car", ours);
    write_file(directory / "theirs.car", theirs);

    real->pin_rm(here.root.text);
    real->gc();
    CHECK(real->dag_import(directory / "ours.car").roots == std::vector{here.root});
    CHECK((archive_of(*real, here.root.text) == theirs));
    auto fresh = in_memory();
    CHECK(fresh->dag_import(directory / "theirs.car").roots == std::vector{here.root});
    CHECK((archive_of(*fresh, here.root.text) == ours));
    auto copy = "copy-" + std::to_string(round);
    fresh->get_file(here.root.text + (all.wrap ? "/" + root.filename().string() : ""), directory.path(), copy);
    CHECK(tree_text(directory / copy) == tree_text(root));
    std::filesystem::remove_all(directory / copy);
  }
}

TEST_CASE("several paths get the same CIDs from Kubo, wrapped and each by itself, with the same progress") {
  kubo_daemon daemon;
  auto real = open(daemon), embedded = in_memory();
  temporary_directory directory;
  auto seed = fresh_seed();
  MESSAGE("PILLAR_TEST_SEED=", seed);
  random_tree tree(seed);
  CAPTURE(seed);
  tree.make(directory / "one", 30);
  tree.make(directory / "two", 30);
  write_file(directory / "three", noise(700'000));
  for (auto wrap : {false, true}) {
    CAPTURE(wrap);
    ipfs::selection what{
        .paths = {directory / "two", directory / "three", directory / "one"}, .hidden = true, .wrap = wrap};
    auto told = [&](ipfs::backend& by) {
      std::vector<ipfs::add_progress> items;
      by.add_files(what, {}, [&](const ipfs::add_progress& p) { items.push_back(p); });
      return items;
    };
    CHECK((told(*real) == told(*embedded)));
  }
}

TEST_SUITE_END();
