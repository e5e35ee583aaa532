// kill -9 at any moment of adds, collections and moved segments: what was acknowledged is there, and nothing else is
// listed as pinned.
#include "tests/actors/ipfs/store/failing_index.hpp"
#include "tests/actors/ipfs/store/garbage.hpp"
#include "tests/support/child_process.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <optional>
#include <random>
#include <sstream>
#include <thread>
#include <vector>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;
namespace fs = std::filesystem;

namespace {

constexpr int kills_with_syncs = 8; // for a kill a sync need not be one; but some are to come in the middle of it

using say_function = std::function<void(const std::string&)>;

/// What is killed, and where it works.
struct scenario {
  int kills = 0;
  std::uint64_t segment_size = 0;
  std::size_t leaf_size = 0;
  std::optional<std::size_t> space = {}; ///< on the disk, beside what is there when the process begins
  int (*work)(const scenario& in, const fs::path& path, pack_options options, std::uint64_t first, std::uint64_t seed,
              const say_function& say) = nullptr;

  small_graph graph(std::uint64_t seed) const { return make_graph(seed, 3, leaf_size); }
};

/// What the parent knows of a root.
enum class state { pinned, unpinned, either };

/// Adds, pins, unpins and collects until it is killed; says before each change of a pin what it is about to do, and
/// after it that it is done: "pin 17", "pinned 17".
int add_and_collect(const scenario& in, const fs::path& path, pack_options options, std::uint64_t first,
                    std::uint64_t seed, const say_function& say) {
  auto store = pack_block_store::open(path, options);
  say("open");
  std::mutex saying;
  auto tell = [&](const char* what, std::uint64_t graph) {
    std::lock_guard lock(saying);
    say(std::string(what) + " " + std::to_string(graph));
  };
  std::thread collecting([&] {
    for (;;) {
      store->collect_garbage();
      std::lock_guard lock(saying);
      say("collected 0");
    }
  });
  std::mt19937_64 random(seed);
  for (auto i = first;; ++i) {
    auto batch = store->begin();
    put_into(*batch, in.graph(i));
    if (random() % 4 == 0) { // garbage
      batch->commit();
      continue;
    }
    tell("pin", i);
    batch->pin({in.graph(i).root, pin_mode::recursive, std::to_string(i)});
    batch->commit();
    tell("pinned", i);
    if (i < first + 3 || random() % 3 == 0) continue;
    auto old = first + random() % (i - first);
    tell("unpin", old);
    batch->unpin(in.graph(old).root);
    batch->commit();
    tell("unpinned", old);
  }
}

/// The same on a disk that fills up: then it unpins half of what it has, and collects the garbage.
int fill_and_clear_up(const scenario& in, const fs::path& path, pack_options options, std::uint64_t first,
                      std::uint64_t seed, const say_function& say) {
  auto store = pack_block_store::open(path, options);
  say("open");
  auto tell = [&](const char* what, std::uint64_t graph) { say(std::string(what) + " " + std::to_string(graph)); };
  std::mt19937_64 random(seed);
  std::vector<std::uint64_t> pinned;
  for (auto i = first;; ++i) {
    try {
      auto batch = store->begin();
      put_into(*batch, in.graph(i));
      tell("pin", i);
      batch->pin({in.graph(i).root, pin_mode::recursive, std::to_string(i)});
      batch->commit();
      tell("pinned", i);
      pinned.push_back(i);
      continue;
    } catch (const failure& f) {
      if (f.code() != errc::storage_full) throw;
    }
    std::ranges::shuffle(pinned, random);
    for (auto half = pinned.size() / 2; pinned.size() > half; pinned.pop_back()) {
      tell("unpin", pinned.back());
      unpin(*store, in.graph(pinned.back()));
      tell("unpinned", pinned.back());
    }
    store->collect_garbage();
    tell("collected", 0);
  }
}

void kill_again_and_again(const scenario& in) {
  temporary_directory directory;
  auto path = directory / "repository";
  std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  failing_files files; // without syncs
  failing_index index; // the same
  std::map<std::uint64_t, state> expected;
  std::uint64_t first = 1;
  std::uint64_t collections = 0;
  for (int kill = 0; kill < in.kills; ++kill) {
    CAPTURE(kill);
    pack_options options{.segment_size = in.segment_size, .files = kill < kills_with_syncs ? nullptr : &files};
    {
      auto child_seed = random();
      testing::child_process child([&](const auto& say) {
        if (in.space) {
          options.files = &files;
          files.set_space(*in.space);
        }
        return in.work(in, path, options, first, child_seed, say);
      });
      // Killed after so many of its words, and a moment that the scheduler chooses.
      auto words = random() % 60;
      std::string line;
      auto hear = [&] {
        std::istringstream words_of(line);
        std::string what;
        std::uint64_t number = 0;
        words_of >> what >> number;
        if (what == "pin" || what == "unpin") expected[number] = state::either;
        if (what == "pinned") expected[number] = state::pinned;
        if (what == "unpinned") expected[number] = state::unpinned;
        if (what == "collected") ++collections;
        first = std::max(first, number + 1);
      };
      for (std::uint64_t i = 0; i <= words && !(line = child.line()).empty(); ++i) hear();
      REQUIRE_FALSE(line.empty()); // else it ended by itself
      child.signal(SIGKILL);
      while (!(line = child.line()).empty())
        if (line.find(' ') != std::string::npos) hear();
      REQUIRE(child.wait() == 128 + SIGKILL);
    }
    if (random() % 4 == 0)
      for (const auto* ending : {"", "-wal", "-shm"}) fs::remove(path / (std::string("index.sqlite") + ending));
    auto store = pack_block_store::open(path, options);
    auto pins = listed_pins(*store);
    std::size_t accounted = 0;
    for (auto& [number, known] : expected) {
      CAPTURE(number);
      auto g = in.graph(number);
      auto at = pins.find(g.root.to_string());
      bool is_pinned = at != pins.end();
      if (known == state::pinned) REQUIRE(is_pinned);
      if (known == state::unpinned) REQUIRE_FALSE(is_pinned);
      known = is_pinned ? state::pinned : state::unpinned;
      if (!is_pinned) continue;
      ++accounted;
      REQUIRE(at->second.name == std::to_string(number));
      REQUIRE(is_whole(*store, g));
    }
    REQUIRE(pins.size() == accounted); // nothing else is listed as pinned
    store->verify_all([](const content_id&, std::string_view problem) { FAIL_CHECK(problem); });
    REQUIRE(store->collect_garbage().missing.empty());
    std::erase_if(expected, [](const auto& e) { return e.second == state::unpinned; });
    if (expected.size() > 60) { // so that it stays quick
      auto batch = store->begin();
      for (auto at = expected.begin(); expected.size() > 20; at = expected.erase(at))
        batch->unpin(in.graph(at->first).root);
      batch->commit();
    }
  }
  CHECK(collections > 0);
}

} // namespace

TEST_CASE("a process that is killed during adds and collections loses nothing" * doctest::test_suite("slow")) {
  kill_again_and_again({.kills = 200, .segment_size = 6'000, .leaf_size = 150, .work = add_and_collect});
}

TEST_CASE("a process that is killed on a full disk loses nothing" * doctest::test_suite("slow")) {
  kill_again_and_again(
      {.kills = 60, .segment_size = 400'000, .leaf_size = 40'000, .space = 1'500'000, .work = fill_and_clear_up});
}
