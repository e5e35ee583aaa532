// What can be done on a disk that is completely full: unpin, remove and collect garbage, and then go on as before.
#include "tests/actors/ipfs/store/failing_index.hpp"
#include "tests/actors/ipfs/store/garbage.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <functional>
#include <optional>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;
namespace fs = std::filesystem;

namespace {

/// A repository on a disk of a few megabytes. The index finds no room as long as the ballast takes it.
struct fixture : failing_index, garbage_fixture {
  explicit fixture(std::uint64_t segment_size = 1 << 20) {
    options.segment_size = segment_size;
    store.reset();
    fs::remove_all(path());
    store = pack_block_store::open(path(), options);
  }

  std::uint64_t ballast() const { return fs::file_size(path() / "ballast"); }

  std::optional<failure> try_to_add(std::uint64_t i) {
    try {
      add(*store, graph(i), true);
      return {};
    } catch (const failure& f) {
      return f;
    }
  }

  /// Adds until the disk takes nothing more; returns how many are there.
  std::uint64_t fill(std::size_t space) {
    files.set_space(space);
    std::uint64_t n = 0;
    std::optional<failure> why;
    while (!(why = try_to_add(n))) ++n;
    CHECK(why->code() == errc::storage_full);
    CHECK(why->message().find("collect the garbage") != std::string::npos);
    be_full();
    return n;
  }

  void be_full() {
    files.set_space(0);
    be_full_while([this] { return ballast() > 0; });
  }

  /// There are `n`, but for those that are unpinned.
  void check(std::uint64_t n, const std::function<bool(std::uint64_t)>& is_unpinned) {
    std::size_t pinned = 0;
    for (std::uint64_t i = 0; i < n; ++i) {
      CAPTURE(i);
      REQUIRE(count_here(*store, graph(i)) == (is_unpinned(i) ? 0 : 5));
      pinned += !is_unpinned(i);
    }
    REQUIRE(listed_pins(*store).size() == pinned);
    REQUIRE(listed_blocks(*store).size() == pinned * 5);
    store->verify_all([](const content_id&, std::string_view problem) { FAIL_CHECK(problem); });
  }

  static small_graph graph(std::uint64_t i) { return make_graph(i, 4, 70'000); }
};

/// A life on a full disk: some is unpinned, the garbage goes, and as much can be added again.
void clear_up(std::uint64_t segment_size, const std::function<bool(std::uint64_t)>& is_unwanted, bool opens) {
  fixture f(segment_size);
  auto n = f.fill(6 << 20);
  REQUIRE(n > 10);
  if (opens) f.reopen();
  std::uint64_t unwanted = 0;
  for (std::uint64_t i = 0; i < n; ++i) {
    if (!is_unwanted(i)) continue;
    ++unwanted;
    unpin(*f.store, f.graph(i));
  }
  if (opens) f.reopen();
  auto result = f.store->collect_garbage();
  CHECK(result.blocks >= unwanted * 5);
  CHECK(result.blocks <= (unwanted + 1) * 5); // with what an add left that did not fit
  CHECK(result.disk_bytes >= unwanted * 4 * 60'000);
  f.check(n, is_unwanted);
  f.be_full_while({});
  for (std::uint64_t i = 0; i < unwanted * 3 / 4; ++i) {
    auto why = f.try_to_add(1000 + i);
    REQUIRE_MESSAGE(!why, why->message());
  }
  f.files.heal();
  for (std::uint64_t i = 0; i < unwanted * 3 / 4; ++i) {
    REQUIRE(is_whole(*f.store, f.graph(1000 + i)));
    unpin(*f.store, f.graph(1000 + i));
  }
  f.store->collect_garbage();
  f.check(n, is_unwanted);
  f.lose_index();
  for (const auto& note : f.store->notes()) CHECK_MESSAGE(note.find("not verify") == note.npos, note);
  f.check(n, is_unwanted);
}

} // namespace

TEST_CASE("garbage is collected on a full disk where segments hold nothing else") {
  for (bool opens : {false, true}) clear_up(1 << 20, [](std::uint64_t i) { return i < 9; }, opens);
}

TEST_CASE("garbage is collected on a full disk where segments must be moved") {
  for (bool opens : {false, true}) clear_up(1 << 20, [](std::uint64_t i) { return i % 4 != 1; }, opens);
}

TEST_CASE("garbage is collected on a full disk where too little of a segment is garbage to move it") {
  for (bool opens : {false, true}) clear_up(1 << 20, [](std::uint64_t i) { return i % 3 == 1; }, opens);
}

TEST_CASE("garbage is collected on a full disk where one segment holds everything") {
  for (unsigned every : {2, 3}) clear_up(1 << 30, [=](std::uint64_t i) { return i % every == 1; }, true);
  clear_up(1 << 30, [](std::uint64_t i) { return i % 5 != 1; }, false);
}

TEST_CASE("a block is removed on a full disk and its room can be used") {
  fixture f;
  auto n = f.fill(3 << 20);
  auto leaf = f.graph(0).leaf_ids[1];
  CHECK(f.store->remove(leaf));
  CHECK_FALSE(is_here(*f.store, leaf));
  f.be_full_while({});
  auto batch = f.store->begin();
  auto text = noise(50'000, 77);
  auto id = put_into(*batch, raw_id(text), text);
  batch->commit();
  batch.reset();
  f.lose_index();
  CHECK_FALSE(is_here(*f.store, leaf));
  CHECK(is_here(*f.store, id));
  for (std::uint64_t i = 1; i < n; ++i) CHECK(is_whole(*f.store, f.graph(i)));
}

TEST_CASE("a full disk takes nothing new while room is made on it") {
  fixture f;
  auto n = f.fill(3 << 20);
  for (std::uint64_t i = 0; i < n; i += 2) unpin(*f.store, f.graph(i));
  std::optional<failure> why;
  f.store->collect_garbage([&](const content_id&) {
    if (!why) why = f.try_to_add(1000);
  });
  REQUIRE(why);
  CHECK(why->code() == errc::storage_full);
  CHECK(why->message().find("room is being made") != std::string::npos);
  f.be_full_while({});
  CHECK_FALSE(f.try_to_add(1000));
}

TEST_CASE("the ballast is made anew when there is room again") {
  fixture f;
  auto whole = f.ballast();
  CHECK(whole == 1 << 20);
  auto n = f.fill(3 << 20);
  unpin(*f.store, f.graph(0));
  CHECK(f.ballast() < whole);
  CHECK(f.ballast() > whole * 9 / 10);
  for (std::uint64_t i = 1; i < n; ++i) unpin(*f.store, f.graph(i));
  CHECK(f.store->collect_garbage().disk_bytes > (2 << 20));
  CHECK(f.ballast() == whole);
}

TEST_CASE("a disk that is too small for a ballast has a smaller one or none") {
  for (std::size_t space : {1'000, 40'000}) {
    fixture f;
    f.store.reset();
    fs::remove(f.path() / "ballast");
    f.files.set_space(space);
    f.store = pack_block_store::open(f.path(), f.options);
    CHECK(f.ballast() <= space);
    CHECK(f.ballast() > space / 2);
    f.files.set_space(10'000);
    add(*f.store, make_graph(1), true);
    f.reopen();
    CHECK(is_whole(*f.store, make_graph(1)));
  }
  for (auto c : {call::fallocate, call::ftruncate}) { // a disk that cannot even do that
    fixture f;
    f.store.reset();
    f.files.fail(c, 1, EIO, true);
    f.reopen();
    add(*f.store, make_graph(1), true);
    f.be_full();
    CHECK_NOTHROW(f.store->collect_garbage());
    CHECK(is_whole(*f.store, make_graph(1)));
  }
}

TEST_CASE("a file system without allocation has a ballast of zeros and no holes") {
  fixture f;
  f.store.reset();
  fs::remove(f.path() / "ballast");
  f.files.fail(call::fallocate, 1, EOPNOTSUPP, true);
  f.reopen();
  CHECK(f.ballast() == 1 << 20);
  CHECK(allocated_bytes(f.path() / "ballast") == 1 << 20);
  auto n = f.fill(6 << 20);
  for (std::uint64_t i = 0; i < n; ++i)
    if (i % 4 != 1) unpin(*f.store, f.graph(i));
  CHECK(f.store->collect_garbage().disk_bytes > (2 << 20));
  f.check(n, [](std::uint64_t i) { return i % 4 != 1; });
}

TEST_CASE("a collection that wins nothing on a full disk says so and one with room does the rest") {
  fixture f;
  f.options.segment_size = 4'000'000;
  f.store.reset();
  fs::remove_all(f.path());
  f.store = pack_block_store::open(f.path(), f.options);
  // Blocks that are too small for holes, in one segment that would have to be moved.
  auto small = [](std::uint64_t i) { return make_graph(i, 50, 600); };
  auto is_wanted = [](std::uint64_t i) { return i % 5 < 2; };
  for (std::uint64_t i = 0; i < 90; ++i) add(*f.store, small(i), is_wanted(i));
  fs::resize_file(f.path() / "ballast", 200'000); // as on a small disk
  f.store.reset();
  f.files.set_space(0);
  f.store = pack_block_store::open(f.path(), f.options);
  auto why = failure_of([&] { f.store->collect_garbage(); });
  CHECK(why.code() == errc::storage_full);
  auto check = [&] {
    for (std::uint64_t i = 0; i < 90; ++i)
      if (is_wanted(i)) CHECK(is_whole(*f.store, small(i)));
  };
  check();
  f.files.heal();
  CHECK(f.store->collect_garbage().disk_bytes > 1'000'000);
  check();
  CHECK(listed_blocks(*f.store).size() == 90 * 2 / 5 * 51);
  f.lose_index();
  check();
}
