/// What only a store on a disk can do wrong.
#include "actors/db/sqlite_store.hpp"
#include "tests/actors/db/faulty_disk.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <sqlite3.h>
#include <sys/stat.h>

using namespace pillar;
using namespace pillar::test::literals;

namespace {

mode_t mode_of(const std::filesystem::path& path) {
  struct stat found{};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 07777;
}

result<db::revision> put(db::sqlite_store& store, std::string key, bytes value = "value"_bytes) {
  return store.put("someone", {std::move(key), std::move(value), {}});
}

bool has(db::sqlite_store& store, const std::string& key) {
  return store.get("someone", {key}).has_value();
}

errc code_of(const failure* f) {
  REQUIRE(f != nullptr);
  return f->code();
}

template <class T> errc code_of(const result<T>& outcome) {
  REQUIRE(!outcome.has_value());
  return outcome.error().code();
}

/// A store with one acknowledged document, "kept", on a disk that can fail.
struct fixture {
  test::temporary_directory directory;
  test::faulty_disk disk;
  std::filesystem::path file = directory / "documents.db";
  std::unique_ptr<db::sqlite_store> store;

  fixture() {
    reopen();
    REQUIRE(put(*store, "kept"));
    REQUIRE(store->commit());
  }

  void reopen() {
    store.reset();
    store = db::sqlite_store::open(file, {.vfs = disk.name()});
  }
};

} // namespace

TEST_CASE("documents and the order of revisions outlive the store") {
  test::temporary_directory directory;
  auto file = directory / "documents.db";
  db::revision written = 0, removal = 0;
  {
    auto store = db::sqlite_store::open(file);
    written = put(*store, "stays").value();
    put(*store, "goes").value();
    removal = store->remove("someone", {"goes", {}}).value();
    REQUIRE(store->commit());
  }
  auto store = db::sqlite_store::open(file);
  CHECK(store->get("someone", {"stays"}).value() == db::document{"value"_bytes, written});
  CHECK(!has(*store, "goes"));
  CHECK(put(*store, "next").value() > removal);
}

TEST_CASE("a batch that was not committed is gone with the store") {
  test::temporary_directory directory;
  auto file = directory / "documents.db";
  REQUIRE(put(*db::sqlite_store::open(file), "lost"));
  CHECK(!has(*db::sqlite_store::open(file), "lost"));
}

TEST_CASE("the database is its owner's alone, and so are the directories made for it") {
  test::temporary_directory directory;
  auto file = directory / "a/b/documents.db";
  auto old = ::umask(0); // even if the process is careless
  auto store = db::sqlite_store::open(file);
  REQUIRE(put(*store, "a"));
  REQUIRE(store->commit());
  ::umask(old);
  CHECK(mode_of(directory / "a") == 0700);
  CHECK(mode_of(directory / "a/b") == 0700);
  for (auto& entry : std::filesystem::directory_iterator(directory / "a/b")) {
    CAPTURE(entry.path());
    CHECK(mode_of(entry.path()) == 0600);
  }
}

TEST_CASE("a closed store leaves one file and no log") {
  test::temporary_directory directory;
  {
    auto store = db::sqlite_store::open(directory / "documents.db");
    REQUIRE(put(*store, "a"));
    REQUIRE(store->commit());
  }
  std::vector<std::string> names;
  for (auto& entry : std::filesystem::directory_iterator(directory.path())) names.push_back(entry.path().filename());
  CHECK(names == std::vector<std::string>{"documents.db"});
}

TEST_CASE("nothing is synchronised before commit, and one synchronisation serves the whole batch") {
  fixture f;
  auto before = f.disk.syncs();
  for (int i = 0; i < 64; ++i) REQUIRE(put(*f.store, "k" + std::to_string(i)));
  CHECK(f.disk.syncs() == before);
  REQUIRE(f.store->commit());
  CHECK(f.disk.syncs() == before + 1);
  REQUIRE(f.store->commit());
  CHECK(f.disk.syncs() == before + 1);
}

TEST_CASE("what was acknowledged survives a power cut, and what was not committed does not appear") {
  fixture f;
  // enough for several checkpoints, which move documents from the log into the file
  for (int batch = 0; batch < 40; ++batch) {
    for (int i = 0; i < 8; ++i) REQUIRE(put(*f.store, std::to_string(batch) + "/" + std::to_string(i), bytes(20'000)));
    REQUIRE(f.store->commit());
    if (batch % 5 != 0) continue;
    auto uncommitted = "uncommitted/" + std::to_string(batch);
    REQUIRE(put(*f.store, uncommitted, bytes(20'000)));
    test::temporary_directory rest;
    f.disk.after_power_cut(rest.path());
    auto found = db::sqlite_store::open(rest / "documents.db");
    CAPTURE(batch);
    CHECK(has(*found, "kept"));
    CHECK(has(*found, std::to_string(batch) + "/7"));
    CHECK(!has(*found, uncommitted));
    REQUIRE(f.store->commit());
  }
}

TEST_CASE("a disk that fills up at any write fails the batch, keeps what was acknowledged, and works again later") {
  std::uint64_t nth = 1;
  for (bool failed = true; failed; ++nth) {
    CAPTURE(nth);
    fixture f;
    f.disk.fail_writes(nth, SQLITE_FULL);
    result<db::revision> last = put(*f.store, "0", bytes(4'000));
    for (int i = 1; i < 6; ++i) last = put(*f.store, std::to_string(i), bytes(4'000));
    auto committed = f.store->commit();
    failed = !committed;
    if (failed) {
      CHECK(committed.error().code() == errc::storage_full);
      CHECK(committed.error().message().find(f.file.string()) != std::string::npos);
      CHECK(has(*f.store, "kept"));
      CHECK(!has(*f.store, "0"));
      CHECK(!has(*f.store, "5"));
      // still full
      auto again = put(*f.store, "again");
      CHECK(code_of(f.store->commit()) == errc::storage_full);
      CHECK(f.store->broken() == nullptr);
    }
    f.disk.repair();
    REQUIRE(put(*f.store, "later"));
    REQUIRE(f.store->commit());
    f.reopen();
    CHECK(has(*f.store, "kept"));
    CHECK(has(*f.store, "later"));
    CHECK(has(*f.store, "5") == !failed);
  }
  CHECK(nth > 6);
}

TEST_CASE("a write that the disk refuses at any point fails the whole batch and nothing else") {
  std::uint64_t nth = 1;
  for (bool failed = true; failed; ++nth) {
    CAPTURE(nth);
    fixture f;
    f.disk.fail_one_write(nth, SQLITE_IOERR_WRITE);
    for (int i = 0; i < 3; ++i) put(*f.store, std::to_string(i), bytes(4'000)).has_value();
    auto committed = f.store->commit();
    failed = !committed;
    if (failed) CHECK(committed.error().code() == errc::io_error);
    CHECK(has(*f.store, "0") == !failed);
    f.disk.repair();
    REQUIRE(put(*f.store, "later"));
    REQUIRE(f.store->commit());
    f.reopen();
    CHECK(has(*f.store, "kept"));
    CHECK(has(*f.store, "later"));
    CHECK(has(*f.store, "2") == !failed);
  }
  CHECK(nth > 3);
}

TEST_CASE("once storage has failed, the rest of the batch answers the same failure") {
  fixture f;
  f.disk.fail_one_write(1, SQLITE_FULL);
  // more than the cache holds, so that SQLite writes before the commit
  result<db::revision> written = put(*f.store, "0", bytes(db::largest_value));
  for (int i = 1; written && i < 8; ++i) written = put(*f.store, std::to_string(i), bytes(db::largest_value));
  REQUIRE(!written);
  CHECK(written.error().code() == errc::storage_full);
  CHECK(put(*f.store, "later").error() == written.error());
  CHECK(f.store->remove("someone", {"kept", {}}).error() == written.error());
  CHECK(has(*f.store, "kept"));
  CHECK(f.store->commit().error() == written.error());
  CHECK(put(*f.store, "later"));
  CHECK(f.store->commit());
}

TEST_CASE("a disk that refuses to synchronise breaks the store, and opening it again finds what was acknowledged") {
  fixture f;
  REQUIRE(put(*f.store, "in doubt"));
  f.disk.fail_one_sync(1, SQLITE_IOERR_FSYNC);
  auto committed = f.store->commit();
  CHECK(code_of(committed) == errc::io_error);
  CHECK(code_of(f.store->broken()) == errc::io_error);
  // a second synchronisation would succeed and prove nothing
  CHECK(code_of(put(*f.store, "later")) == errc::io_error);
  CHECK(code_of(f.store->get("someone", {"kept"})) == errc::io_error);
  CHECK(code_of(f.store->list("someone", {})) == errc::io_error);
  CHECK(code_of(f.store->commit()) == errc::io_error);
  f.reopen();
  CHECK(f.store->broken() == nullptr);
  CHECK(has(*f.store, "kept"));
  CHECK(put(*f.store, "later"));
  CHECK(f.store->commit());
}

TEST_CASE("a checkpoint that fails takes no acknowledged document with it") {
  fixture f;
  int acknowledged = 0;
  for (int i = 0; i < 60; ++i) {
    f.disk.fail_one_sync(2, SQLITE_IOERR_FSYNC); // the first is the commit's; checkpoints need more
    if (put(*f.store, "k" + std::to_string(i), bytes(200'000)) && f.store->commit()) acknowledged = i + 1;
    if (f.store->broken()) break;
  }
  f.disk.repair();
  CHECK(acknowledged > 30);
  f.reopen();
  for (int i = 0; i < acknowledged; ++i) CHECK(has(*f.store, "k" + std::to_string(i)));
}

TEST_CASE("a read that fails answers its failure, and the open batch is undone") {
  fixture f;
  for (int i = 0; i < 12; ++i) REQUIRE(put(*f.store, "large/" + std::to_string(i), bytes(db::largest_value)));
  REQUIRE(f.store->commit());
  REQUIRE(put(*f.store, "open"));
  f.disk.fail_one_read(1, SQLITE_IOERR_READ);
  CHECK(code_of(f.store->get("someone", {"large/0"})) == errc::io_error);
  CHECK(code_of(f.store->commit()) == errc::io_error);
  CHECK(has(*f.store, "large/0"));
  CHECK(!has(*f.store, "open"));
  CHECK(f.store->broken() == nullptr);
}

TEST_CASE("damage that is met while reading breaks the store and serves nothing") {
  fixture f;
  for (int i = 0; i < 12; ++i) REQUIRE(put(*f.store, "large/" + std::to_string(i), bytes(db::largest_value)));
  REQUIRE(f.store->commit());
  f.disk.fail_one_read(1, SQLITE_CORRUPT);
  CHECK(code_of(f.store->get("someone", {"large/0"})) == errc::damaged);
  CHECK(code_of(f.store->broken()) == errc::damaged);
  CHECK(code_of(put(*f.store, "later")) == errc::damaged);
}
