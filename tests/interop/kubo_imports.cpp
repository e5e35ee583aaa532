// What `ipfs add` itself makes of random trees, beside what the embedded importer makes of them: the options that only
// the command line has, for they look at the disk.
#include "actors/ipfs/files/tree_importer.hpp"
#include "actors/ipfs/store/discarding_batch.hpp"
#include "tests/actors/ipfs/support.hpp"
#include "tests/interop/random_tree.hpp"
#include "tests/support/kubo_daemon.hpp"

#include <doctest/doctest.h>

using namespace pillar;
using namespace pillar::test;
using namespace pillar::ipfs::engine;
namespace fs = std::filesystem;

TEST_SUITE_BEGIN("kubo");

TEST_CASE("ipfs add and the embedded importer agree about modes, times and wrapped paths") {
  kubo_daemon daemon;
  temporary_directory directory;
  thread_pool pool(2);
  auto seed = fresh_seed();
  MESSAGE("PILLAR_TEST_SEED=", seed);
  struct sample {
    std::vector<std::string> arguments;
    import_request request;
  };
  const sample samples[] = {
      {{"--preserve-mode"}, {.preserve_mode = true}},
      {{"--preserve-mtime", "--cid-version=1"}, {.cid_version = 1, .preserve_mtime = true}},
      {{"--preserve-mode", "--preserve-mtime", "--trickle"},
       {.trickle = true, .preserve_mode = true, .preserve_mtime = true}},
      {{"--mode=0604", "--preserve-mtime"}, {.mode = 0604, .preserve_mtime = true}},
      {{"--mtime=-12345", "--hash=blake3"}, {.hash = "blake3", .mtime = unixfs_time{-12345, 0}}},
      {{"--inline", "--inline-limit=80", "--chunker=rabin-64-128-512"},
       {.chunker = "rabin-64-128-512", .inline_limit = 80}},
  };
  for (const auto& s : samples) {
    CAPTURE(seed);
    auto place = directory / std::to_string(++seed);
    random_tree tree(seed);
    tree.make(place / "tree", 60);
    write_file(place / "file", tree.content(tree.size()));
    for (bool wrap : {false, true}) {
      std::vector<std::string> arguments{"add", "-Q", "-r", "-H", "--pin=false"};
      arguments.insert(arguments.end(), s.arguments.begin(), s.arguments.end());
      arguments.push_back(wrap ? "--wrap-with-directory=true" : "--wrap-with-directory=false");
      arguments.push_back((place / "tree").string());
      if (wrap) arguments.push_back((place / "file").string());
      discarding_batch batch;
      node_writer writer(make_import_options(s.request), batch);
      tree_importer importer(system_files(), writer, pool, {.hidden = true}, {});
      auto mine = wrap ? importer.add_wrapped({place / "tree", place / "file"}) : importer.add(place / "tree");
      CHECK(daemon.text(arguments) == mine.id.to_string());
    }
  }
}

TEST_SUITE_END();
