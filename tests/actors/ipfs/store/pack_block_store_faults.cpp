// What a full, failing or read-only disk does to the store: errors that say so, and nothing acknowledged is lost.
#include "actors/ipfs/store/pack_block_store.hpp"

#include "tests/actors/ipfs/store/failing_files.hpp"
#include "tests/actors/ipfs/store/failing_index.hpp"
#include "tests/actors/ipfs/support.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <set>
#include <thread>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;
namespace fs = std::filesystem;

namespace {

content_id id_of(std::string_view text) {
  return {1, codec::raw, hash_of(hash_function::sha2_256, view_of(text))};
}

struct fixture {
  temporary_directory directory;
  failing_files files;
  pack_options options{.segment_size = 300'000, .files = &files};
  std::shared_ptr<pack_block_store> store = pack_block_store::open(directory / "r", options);
  std::set<std::string> acknowledged;

  /// Adds and pins; whether it was acknowledged.
  std::optional<failure> add(const std::string& text) {
    try {
      auto batch = store->begin();
      auto block = view_of(text);
      batch->put(id_of(text), {&block, 1});
      batch->pin({id_of(text)});
      batch->commit();
      acknowledged.insert(text);
      return {};
    } catch (const failure& f) {
      return f;
    }
  }

  void check_acknowledged() {
    for (const auto& text : acknowledged) {
      auto block = store->get(id_of(text));
      REQUIRE(block);
      CHECK(text_of(*block) == text);
      CHECK(store->find_pin(id_of(text)));
    }
  }

  void reopen(bool without_index = false) {
    store.reset();
    if (without_index)
      for (const auto* ending : {"", "-wal", "-shm"}) fs::remove(directory / (std::string("r/index.sqlite") + ending));
    store = pack_block_store::open(directory / "r", options);
  }
};

std::string text_number(int n) {
  static constexpr std::size_t sizes[] = {10, 1000, 50'000, 70'000, 100};
  return noise(sizes[n % 5], static_cast<std::uint64_t>(n) + 1);
}

} // namespace

TEST_CASE("a full disk answers storage_full and goes on when there is room again") {
  for (std::size_t space : {0u, 1u, 100u, 5'000u, 60'000u, 200'000u, 400'000u}) {
    CAPTURE(space);
    fixture f;
    for (int i = 0; i < 5; ++i) REQUIRE_FALSE(f.add(text_number(i)));
    f.files.set_space(space);
    std::optional<failure> why;
    int n = 5;
    for (; !why && n < 60; ++n) why = f.add(text_number(n));
    REQUIRE(why);
    CHECK(why->code() == errc::storage_full);
    f.check_acknowledged();
    f.files.set_space(0); // what a failed write had left
    CHECK(f.add("small")->code() == errc::storage_full);
    f.files.heal();
    for (; n < 80; ++n) CHECK_FALSE(f.add(text_number(n)));
    f.check_acknowledged();
    f.reopen();
    f.check_acknowledged();
    f.reopen(true);
    f.check_acknowledged();
  }
}

TEST_CASE("whichever write fails what is acknowledged stays") {
  for (auto c : {call::pwritev, call::fdatasync, call::fsync, call::open})
    for (int nth : {1, 2, 3, 5, 8})
      for (bool truncates : {true, false}) {
        CAPTURE(static_cast<int>(c));
        CAPTURE(nth);
        CAPTURE(truncates);
        fixture f;
        f.files.fail(c, nth, EIO);
        if (!truncates) f.files.fail(call::ftruncate, 1, EIO, true);
        int failed = 0;
        for (int i = 0; i < 25; ++i)
          if (auto why = f.add(text_number(i))) {
            ++failed;
            CHECK(why->code() == errc::io_error);
          }
        CHECK(failed <= 1);
        f.files.heal();
        f.check_acknowledged();
        CHECK_FALSE(f.add("after"));
        f.reopen();
        f.check_acknowledged();
        f.reopen(true);
        f.check_acknowledged();
      }
}

TEST_CASE("a sync that fails is never taken for one that did not") {
  fixture f;
  REQUIRE_FALSE(f.add("before"));
  f.files.fail(call::fdatasync, 1, EIO, true);
  for (int i = 0; i < 3; ++i) CHECK(f.add("lost")->code() == errc::io_error);
  CHECK_FALSE(f.store->find_pin(id_of("lost")));
  f.check_acknowledged();
  f.files.heal();
  CHECK_FALSE(f.add("lost")); // it must be written again, not found among what the failed sync lost
  f.reopen(true);
  f.check_acknowledged();
}

TEST_CASE("many callers at a failing disk each get a true answer") {
  for (int round = 0; round < 5; ++round) {
    fixture f;
    f.files.fail(round % 2 ? call::fdatasync : call::pwritev, 10 + round, EIO);
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::set<std::string> acknowledged;
    int failed = 0;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 20; ++i) {
          auto text = text_number(1000 * t + i);
          auto block = view_of(text);
          try {
            auto batch = f.store->begin();
            batch->put(id_of(text), {&block, 1});
            batch->pin({id_of(text)});
            batch->commit();
            std::lock_guard lock(mutex);
            acknowledged.insert(text);
          } catch (const failure& why) {
            std::lock_guard lock(mutex);
            ++failed;
            CHECK(why.code() == errc::io_error);
          }
        }
      });
    for (auto& thread : threads) thread.join();
    f.acknowledged = acknowledged;
    CHECK(failed > 0);
    CHECK(failed < 20);
    f.check_acknowledged();
    f.reopen(true);
    f.check_acknowledged();
  }
}

TEST_CASE("a repository that cannot be written is read and says why it takes nothing") {
  fixture f;
  REQUIRE_FALSE(f.add("text"));
  f.store.reset();
  f.files.fail(call::open, 1, EROFS); // the lock
  f.store = pack_block_store::open(f.directory / "r", f.options);
  f.check_acknowledged();
  auto why = f.add("more");
  REQUIRE(why);
  CHECK(why->code() == errc::read_only);
  CHECK(why->message().find(f.directory.path().string()) != std::string::npos);
  f.check_acknowledged();
}

TEST_CASE("a repository that cannot be written is read even without its index") {
  fixture f;
  REQUIRE_FALSE(f.add("text"));
  f.store.reset();
  fs::remove(f.directory / "r/index.sqlite");
  f.files.fail(call::open, 1, EROFS);
  f.store = pack_block_store::open(f.directory / "r", f.options);
  f.check_acknowledged();
  CHECK(f.add("more")->code() == errc::read_only);
  CHECK_FALSE(fs::exists(f.directory / "r/index.sqlite"));
}

TEST_CASE("a place where no repository can be made is refused") {
  temporary_directory directory;
  failing_files files;
  files.fail(call::open, 3, EACCES); // the first two sync the directories
  auto why = failure_of([&] { pack_block_store::open(directory / "r", {.files = &files}); });
  CHECK(why.code() == errc::read_only);
  files.heal();
  files.set_space(10);
  CHECK(failure_of([&] { pack_block_store::open(directory / "r", {.files = &files}); }).code() == errc::storage_full);
  files.heal();
  auto store = pack_block_store::open(directory / "r", {.files = &files});
  CHECK(store->identity().size() == 32);
}

TEST_CASE("an index that cannot be written loses nothing that is acknowledged") {
  for (int code : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
    CAPTURE(code);
    failing_index index;
    fixture f;
    for (int i = 0; i < 5; ++i) REQUIRE_FALSE(f.add(text_number(i)));
    index.fail_with(code);
    for (int i = 5; i < 15; ++i) CHECK_FALSE(f.add(text_number(i))); // durable in the segments
    f.check_acknowledged();
    index.fail_with(SQLITE_OK);
    CHECK_FALSE(f.add(text_number(15)));
    f.check_acknowledged();
    f.reopen();
    CHECK(f.store->notes().empty());
    f.check_acknowledged();

    index.fail_with(code);
    for (int i = 16; i < 20; ++i) CHECK_FALSE(f.add(text_number(i)));
    f.store.reset();
    index.fail_with(SQLITE_OK);
    f.store = pack_block_store::open(f.directory / "r", f.options);
    CHECK_FALSE(f.store->notes().empty()); // read in from the segments
    f.check_acknowledged();
  }
}

TEST_CASE("an index that cannot be written at all stops writes before memory fills") {
  failing_index index;
  fixture f;
  f.options.segment_size = 1 << 30;
  f.reopen();
  index.fail_with(SQLITE_FULL);
  std::optional<failure> why;
  auto batch = f.store->begin();
  int blocks = 0;
  for (; !why && blocks < 200'000; ++blocks) {
    auto text = std::to_string(blocks);
    auto block = view_of(text);
    try {
      batch->put(id_of(text), {&block, 1});
    } catch (const failure& thrown) {
      why = thrown;
    }
  }
  REQUIRE(why);
  CHECK(why->code() == errc::storage_full);
  CHECK(blocks > 1000);
  index.fail_with(SQLITE_OK);
  batch->commit();
  CHECK(f.store->get(id_of("999")));
  CHECK_FALSE(f.add("after"));
}

TEST_CASE("a repository whose index cannot be opened for writing is read") {
  failing_index index;
  fixture f;
  REQUIRE_FALSE(f.add("text"));
  f.store.reset();
  index.fail_with(SQLITE_FULL);
  fs::remove(f.directory / "r/index.sqlite");
  f.store = pack_block_store::open(f.directory / "r", f.options);
  f.check_acknowledged();
  CHECK(f.add("more")->code() == errc::storage_full);
}

TEST_CASE("a tail that cannot be indexed is read all the same") {
  failing_index index;
  fixture f;
  index.fail_with(SQLITE_FULL);
  REQUIRE_FALSE(f.add("text"));
  f.store.reset();
  f.store = pack_block_store::open(f.directory / "r", f.options);
  f.check_acknowledged();
  CHECK(f.add("more")->code() == errc::storage_full);
  index.fail_with(SQLITE_OK);
  f.reopen();
  f.check_acknowledged();
  CHECK_FALSE(f.add("more"));
}
