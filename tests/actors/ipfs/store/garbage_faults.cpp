// Collections on a disk that fails: whatever breaks at whichever moment, what is pinned stays and can be read.
#include "tests/actors/ipfs/store/failing_index.hpp"
#include "tests/actors/ipfs/store/garbage.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t graphs = 18;

bool is_pinned(std::uint64_t i) {
  return i % 4 == 3 || i >= 14; // the first segments are mostly garbage, and the last are not
}

/// A repository that is made once, and copied for every test of a fault.
struct fixture : failing_index, garbage_fixture { // the index first, so that every database opens through it
  fixture() {
    options.segment_size = 4'000;
    store.reset();
    fs::remove_all(path());
    static const made_once made;
    fs::copy(made.directory.path() / "repository", path(), fs::copy_options::recursive);
    store = pack_block_store::open(path(), options);
  }

  std::optional<failure> collect() {
    try {
      store->collect_garbage();
      return {};
    } catch (const failure& f) {
      return f;
    }
  }

  void check_pinned() {
    for (std::uint64_t i = 0; i < graphs; ++i)
      if (is_pinned(i)) REQUIRE(is_whole(*store, graph(i)));
    REQUIRE(listed_pins(*store).size() == pinned);
  }

  /// After a fault: all is well now, and after opening again with and without the index; then all garbage goes.
  void check_recovery() {
    files.heal();
    check_pinned();
    reopen();
    check_pinned();
    lose_index();
    check_pinned();
    auto why = collect();
    REQUIRE_MESSAGE(!why, why->message());
    check_pinned();
    REQUIRE(listed_blocks(*store).size() == pinned * 4);
    lose_index();
    check_pinned();
    REQUIRE(listed_blocks(*store).size() == pinned * 4);
  }

  static small_graph graph(std::uint64_t i) { return make_graph(i, 3, 200); }

  std::size_t pinned = [] {
    std::size_t n = 0;
    for (std::uint64_t i = 0; i < graphs; ++i) n += is_pinned(i);
    return n;
  }();

private:
  struct made_once {
    temporary_directory directory;
    made_once() {
      auto store = pack_block_store::open(directory / "repository", {.segment_size = 4'000});
      for (std::uint64_t i = 0; i < graphs; ++i) add(*store, graph(i), true);
      for (std::uint64_t i = 0; i < graphs; ++i)
        if (!is_pinned(i)) unpin(*store, graph(i));
    }
  };
};

/// How often a call happens in a collection that nothing disturbs.
int calls_in_collection(call c) {
  fixture f;
  auto before = f.files.count(c);
  REQUIRE_FALSE(f.collect());
  return f.files.count(c) - before;
}

} // namespace

TEST_CASE("the collection that faults are tried on removes blocks with and without moving segments") {
  fixture f;
  auto before = f.store->stats().blocks;
  auto result = f.store->collect_garbage();
  CHECK(result.disk_bytes > 0);
  CHECK(before - result.blocks == f.pinned * 4);
  f.check_recovery();
}

TEST_CASE("whichever call fails in a collection what is pinned stays") {
  for (auto c : {call::pwritev, call::fdatasync, call::fsync, call::open, call::pread, call::unlink}) {
    auto calls = calls_in_collection(c);
    CHECK(calls > 0);
    for (int nth = 1; nth <= calls; ++nth)
      for (bool ever_after : {false, true}) {
        CAPTURE(static_cast<int>(c));
        CAPTURE(nth);
        CAPTURE(ever_after);
        fixture f;
        f.files.fail(c, nth, EIO, ever_after);
        if (ever_after) f.files.fail(call::ftruncate, 1, EIO, true);
        if (auto why = f.collect()) CHECK(why->code() == errc::io_error);
        f.check_recovery();
      }
  }
}

TEST_CASE("a disk that is full during a collection loses nothing") {
  for (std::size_t space = 0; space < 6'000; space += space < 400 ? 37 : 331) {
    CAPTURE(space);
    fixture f;
    f.files.set_space(space);
    if (auto why = f.collect()) CHECK(why->code() == errc::storage_full);
    f.check_recovery();
  }
}

TEST_CASE("an index that fails during a collection loses nothing") {
  for (int code : {SQLITE_FULL, SQLITE_IOERR_WRITE})
    for (int after : {0, 1, 5, 1000}) {
      CAPTURE(code);
      CAPTURE(after);
      fixture f;
      std::optional<failure> why;
      int removed = 0;
      if (after == 0) f.fail_with(code);
      try {
        f.store->collect_garbage([&](const content_id&) {
          if (++removed == after) f.fail_with(code);
        });
        f.fail_with(code);
        f.store->collect_garbage();
      } catch (const failure& thrown) {
        why = thrown;
      }
      INFO((why ? why->message() : std::string("nothing was thrown")));
      CHECK((!why || why->code() == errc::storage_full || why->code() == errc::io_error));
      f.check_pinned();
      f.store.reset();
      f.fail_with(SQLITE_OK);
      f.store = pack_block_store::open(f.path(), f.options);
      f.check_recovery();
    }
}

TEST_CASE("an index older than a collection is brought up to date") {
  fixture f;
  f.store.reset();
  auto old = read_file(f.path() / "index.sqlite");
  f.reopen();
  REQUIRE_FALSE(f.collect());
  f.store.reset();
  f.remove_index();
  write_file(f.path() / "index.sqlite", old); // as after a power failure
  f.reopen();
  f.check_pinned();
  CHECK(listed_blocks(*f.store).size() == f.pinned * 4);
  f.check_recovery();
}

TEST_CASE("a segment whose file could not be removed goes with the next opening or collection") {
  for (bool opens : {false, true}) {
    fixture f;
    f.files.fail(call::unlink, 1, EIO, true);
    CHECK(f.collect()->code() == errc::io_error);
    CHECK(fs::exists(f.path() / "segments/0001.car"));
    f.files.heal();
    if (opens) f.reopen();
    else CHECK_FALSE(f.collect());
    CHECK_FALSE(fs::exists(f.path() / "segments/0001.car"));
    f.check_recovery();
  }
}

TEST_CASE("a retired segment that is still there brings nothing back when the index is lost") {
  fixture f;
  auto first = f.path() / "segments/0001.car";
  auto content = read_file(first);
  REQUIRE_FALSE(f.collect());
  REQUIRE_FALSE(fs::exists(first));
  f.store.reset();
  write_file(first, content); // as if a crash had come just before its removal
  f.remove_index();
  f.reopen();
  CHECK(listed_blocks(*f.store).size() == f.pinned * 4);
  f.check_pinned();
  f.check_recovery();
}

TEST_CASE("a flipped byte in any segment during collections is named or harmless") {
  std::map<fs::path, std::uint64_t> segments;
  {
    fixture made;
    for (const auto& entry : fs::directory_iterator(made.path() / "segments"))
      segments[entry.path().filename()] = entry.file_size();
  }
  for (const auto& [name, size] : segments)
    for (std::size_t at = 30; at < size; at += 397) {
      CAPTURE(name);
      CAPTURE(at);
      fixture f;
      f.store.reset();
      flip_byte(f.path() / "segments" / name, at);
      f.reopen();
      std::set<std::string> damaged;
      f.store->verify_all([&](const auto& id, std::string_view) { damaged.insert(id.to_string()); });
      CHECK(damaged.size() <= 1);
      auto why = f.collect();
      if (why) CHECK(why->code() == errc::damaged);
      for (int again = 0; again < 2; ++again) {
        CHECK(listed_pins(*f.store).size() <= f.pinned);
        for (std::uint64_t i = 0; i < graphs; ++i) {
          if (!is_pinned(i)) continue;
          auto g = fixture::graph(i);
          g.leaf_ids.push_back(g.root);
          for (const auto& id : g.leaf_ids) {
            bool is_damaged = damaged.contains(content_id(1, codec::raw, id.hash()).to_string());
            try {
              auto here = is_here(*f.store, id);
              REQUIRE(here);
              REQUIRE_FALSE(is_damaged);
            } catch (const failure& block) {
              REQUIRE(block.code() == errc::damaged);
              REQUIRE(is_damaged);
            }
          }
        }
        f.reopen();
      }
    }
}

TEST_CASE("verification names every damaged block and counts all") {
  garbage_fixture f;
  for (std::uint64_t i = 0; i < 10; ++i) add(*f.store, make_graph(i), true);
  auto nothing = [](const content_id&, std::string_view) { FAIL_CHECK("nothing is damaged"); };
  CHECK(f.store->verify_all(nothing) == 50);
  f.store.reset();
  std::set<std::string> expected;
  for (std::uint64_t i : {2, 7}) {
    auto g = make_graph(i);
    for (const auto& entry : fs::directory_iterator(f.path() / "segments")) {
      auto at = read_file(entry.path()).find(g.leaves[1]);
      if (at == std::string::npos) continue;
      flip_byte(entry.path(), at + 5);
      expected.insert(g.leaf_ids[1].to_string());
    }
  }
  f.reopen();
  std::set<std::string> found;
  std::uint64_t progress = 0;
  auto count = f.store->verify_all(
      [&](const content_id& id, std::string_view problem) {
        found.insert(id.to_string());
        CHECK(problem.find(id.to_string()) != std::string_view::npos);
      },
      [&](std::uint64_t read) { progress = read; });
  CHECK(count == 50);
  CHECK(progress == 50);
  CHECK(found == expected);
  std::stop_source stop;
  stop.request_stop();
  CHECK(failure_of([&] { f.store->verify_all(nothing, {}, stop.get_token()); }).code() == errc::cancelled);
}

TEST_CASE("a store's figures are those of its blocks and files") {
  garbage_fixture f;
  auto empty = f.store->stats();
  CHECK(empty.blocks == 0);
  CHECK(empty.directory == f.path());
  CHECK(empty.version == 1);
  auto g = make_graph(1);
  auto batch = f.store->begin();
  put_into(*batch, g);
  auto before = f.store->stats(); // what is not committed yet counts as well: it can be read
  batch->commit();
  auto after = f.store->stats();
  CHECK(before.blocks == 5);
  CHECK(after.blocks == 5);
  CHECK(after.block_bytes == 4 * 300 + g.node.size());
  CHECK(after.disk_bytes > f.segment_bytes());
}
