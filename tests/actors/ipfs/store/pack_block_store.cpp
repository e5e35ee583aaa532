// Blocks on disk: what is committed survives everything, and damage is named.
#include "actors/ipfs/store/pack_block_store.hpp"

#include "tests/actors/ipfs/store/failing_files.hpp"
#include "tests/actors/ipfs/support.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <latch>
#include <thread>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;
namespace fs = std::filesystem;

namespace {

content_id id_of(std::string_view text) {
  return {1, codec::raw, hash_of(hash_function::sha2_256, view_of(text))};
}

content_id put(write_batch& batch, std::string_view text) {
  auto id = id_of(text);
  auto block = view_of(text);
  batch.put(id, {&block, 1});
  return id;
}

void check_here(block_store& store, std::string_view text) {
  auto block = store.get(id_of(text));
  REQUIRE(block);
  CHECK(text_of(*block) == text);
  CHECK(store.size_of(id_of(text)) == text.size());
}

struct fixture {
  temporary_directory directory;
  failing_files files;
  pack_options options{.files = &files};
  std::shared_ptr<pack_block_store> store = pack_block_store::open(path(), options);

  fs::path path() const { return directory / "repository"; }
  fs::path segment(int number) const { return path() / "segments" / ("000" + std::to_string(number) + ".car"); }

  void add(std::string_view text) {
    auto batch = store->begin();
    put(*batch, text);
    batch->commit();
  }

  void close() { store.reset(); }
  void reopen() {
    store.reset();
    store = pack_block_store::open(path(), options);
  }
  void lose_index() {
    close();
    for (const auto* ending : {"", "-wal", "-shm"}) fs::remove(path() / (std::string("index.sqlite") + ending));
    reopen();
  }
  bool noted(std::string_view words) const {
    return std::ranges::any_of(store->notes(), [&](const auto& n) { return n.find(words) != n.npos; });
  }
};

/// Texts of sizes that go through the buffer and past it.
std::vector<std::string> some_texts() {
  std::vector<std::string> texts;
  for (std::size_t size : {0u, 1u, 100u, 60'000u, 70'000u, 262'158u, 3u, 2'000'000u, 5u})
    texts.push_back(noise(size, size));
  return texts;
}

} // namespace

TEST_CASE("blocks can be read at once and after opening again") {
  fixture f;
  auto texts = some_texts();
  {
    auto batch = f.store->begin();
    for (const auto& text : texts) {
      put(*batch, text);
      check_here(*f.store, text);
    }
    batch->commit();
  }
  for (const auto& text : texts) check_here(*f.store, text);
  f.reopen();
  CHECK(f.store->notes().empty());
  for (const auto& text : texts) check_here(*f.store, text);
  CHECK_FALSE(f.store->get(id_of("elsewhere")));
  CHECK_FALSE(f.store->size_of(id_of("elsewhere")));
}

TEST_CASE("a block is found under every CID that shares its hash and stored once") {
  fixture f;
  f.add("shared");
  auto size = fs::file_size(f.segment(1));
  f.add("shared");
  CHECK(fs::file_size(f.segment(1)) == size);
  CHECK(f.store->get({0, codec::dag_pb, id_of("shared").hash()}));
  CHECK(f.store->get({1, codec::dag_pb, id_of("shared").hash()}));
}

TEST_CASE("identity blocks need no storage") {
  fixture f;
  content_id id(1, codec::raw, hash_of(hash_function::identity, view_of("inside")));
  CHECK(text_of(*f.store->get(id)) == "inside");
  CHECK(f.store->size_of(id) == 6);
}

TEST_CASE("blocks beyond 2 MiB and blocks of the journal's codec are refused") {
  fixture f;
  auto batch = f.store->begin();
  CHECK(failure_of([&] { put(*batch, noise((2 << 20) + 1)); }).code() == errc::too_large);
  auto text = view_of("pin");
  content_id id(1, static_cast<codec>(0x301150), hash_of(hash_function::sha2_256, text));
  CHECK(failure_of([&] { batch->put(id, {&text, 1}); }).code() == errc::unsupported);
}

TEST_CASE("pins come and go with commits and survive the loss of the index") {
  fixture f;
  auto batch = f.store->begin();
  auto a = put(*batch, "a");
  auto b = put(*batch, "b");
  batch->pin({a, pin_mode::recursive, "first"});
  batch->pin({b, pin_mode::direct, ""});
  CHECK_FALSE(f.store->find_pin(a));
  batch->commit();
  CHECK(f.store->find_pin(a) == pin{a, pin_mode::recursive, "first"});
  batch->unpin(b);
  batch->commit();
  auto check = [&] {
    CHECK(f.store->find_pin(a) == pin{a, pin_mode::recursive, "first"});
    CHECK_FALSE(f.store->find_pin(b));
  };
  batch.reset();
  check();
  f.reopen();
  check();
  f.lose_index();
  check();
}

TEST_CASE("pinning what is pinned already writes nothing") {
  fixture f;
  auto pin_it = [&] {
    auto batch = f.store->begin();
    batch->pin({put(*batch, "a")});
    batch->commit();
  };
  pin_it();
  auto size = fs::file_size(f.segment(1));
  pin_it();
  f.reopen();
  pin_it();
  CHECK(fs::file_size(f.segment(1)) == size);
  auto batch = f.store->begin();
  batch->unpin(id_of("b"));
  batch->commit();
  CHECK(fs::file_size(f.segment(1)) == size);
  batch->unpin(id_of("a"));
  batch->commit();
  CHECK_FALSE(f.store->find_pin(id_of("a")));
  pin_it();
  CHECK(f.store->find_pin(id_of("a")));
}

TEST_CASE("a batch that is given up leaves no pins") {
  fixture f;
  auto id = id_of("a");
  {
    auto batch = f.store->begin();
    put(*batch, "a");
    batch->pin({id});
  }
  f.add("b");
  CHECK_FALSE(f.store->find_pin(id));
}

TEST_CASE("a new segment begins when one is full and all are read") {
  fixture f;
  f.options.segment_size = 100'000;
  f.reopen();
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < 40; ++i) texts.push_back(noise(20'000, i));
  for (const auto& text : texts) f.add(text);
  CHECK(fs::exists(f.segment(9)));
  CHECK(fs::file_size(f.segment(1)) <= 100'000);
  for (const auto& text : texts) check_here(*f.store, text);
  f.reopen();
  CHECK(f.store->notes().empty());
  for (const auto& text : texts) check_here(*f.store, text);
  f.lose_index();
  for (const auto& text : texts) check_here(*f.store, text);
}

TEST_CASE("a segment is a CAR file") {
  fixture f;
  f.add("hello world");
  auto car = read_file(f.segment(1));
  CHECK(car.substr(0, 26) == std::string("\x19\xa2\x65roots\x81\xd8\x2a\x45\x00\x01\x55\x00\x00\x67version\x01", 26));
  CHECK(static_cast<unsigned char>(car[26]) == 36 + 11);
  CHECK(car.substr(27 + 36, 11) == "hello world");
  CHECK(car.size() == 27 + 36 + 11);
}

TEST_CASE("a lost index is made again from the segments") {
  fixture f;
  auto texts = some_texts();
  for (const auto& text : texts) f.add(text);
  f.lose_index();
  CHECK(f.noted("read in"));
  for (const auto& text : texts) check_here(*f.store, text);
  f.reopen();
  CHECK(f.store->notes().empty());
}

TEST_CASE("an index that is no database, or another one, is made again") {
  fixture f;
  f.add("text");
  f.close();
  write_file(f.path() / "index.sqlite", noise(10'000));
  f.reopen();
  CHECK(f.noted("made again"));
  check_here(*f.store, "text");
  f.close();
  sqlite3* other = nullptr;
  fs::remove(f.path() / "index.sqlite");
  REQUIRE(sqlite3_open((f.path() / "index.sqlite").c_str(), &other) == SQLITE_OK);
  CHECK(sqlite3_exec(other, "PRAGMA user_version = 7; CREATE TABLE t(x)", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(other);
  f.reopen();
  CHECK(f.noted("made again"));
  check_here(*f.store, "text");
}

TEST_CASE("damage in the index is an error and the next opening mends it") {
  fixture f;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    auto batch = f.store->begin();
    for (std::uint64_t k = 0; k < 10; ++k) put(*batch, noise(20, i * 10 + k));
    if (i % 100 == 99) batch->commit();
  }
  f.add("last");
  f.close();
  auto index = f.path() / "index.sqlite";
  for (std::uint64_t page = 6; page < fs::file_size(index) / 4096; ++page) flip_byte(index, page * 4096);
  f.reopen();
  CHECK(f.store->notes().empty());
  auto why = failure_of([&] { (void)f.store->get(id_of("last")); });
  CHECK(why.code() == errc::damaged);
  CHECK(why.message().find("open the repository again") != std::string::npos);
  f.reopen();
  CHECK(f.noted("made again"));
  check_here(*f.store, "last");
  check_here(*f.store, noise(20, 77));
}

TEST_CASE("damage in the index that opening meets is mended at once") {
  fixture f;
  f.add("text");
  f.close();
  for (std::uint64_t page = 1; page < fs::file_size(f.path() / "index.sqlite") / 4096; ++page)
    flip_byte(f.path() / "index.sqlite", page * 4096);
  f.reopen();
  CHECK(f.noted("made again"));
  check_here(*f.store, "text");
  f.add("more");
}

TEST_CASE("a torn tail is cut off and what was whole stays") {
  for (int cut : {1, 10, 36, 37, 38, 500}) {
    CAPTURE(cut);
    fixture f;
    f.add("whole");
    f.close();
    auto size = fs::file_size(f.segment(1));
    {
      fixture other;
      other.add(noise(1000));
      auto section = read_file(other.segment(1)).substr(26);
      std::ofstream(f.segment(1), std::ios::app | std::ios::binary) << section.substr(0, static_cast<std::size_t>(cut));
    }
    f.reopen();
    CHECK(f.noted("never completed"));
    CHECK(fs::file_size(f.segment(1)) == size);
    check_here(*f.store, "whole");
    f.add("after");
    f.lose_index();
    check_here(*f.store, "whole");
    check_here(*f.store, "after");
  }
}

TEST_CASE("a tail of zeros that a power failure leaves is cut off") {
  fixture f;
  f.add("whole");
  f.close();
  auto size = fs::file_size(f.segment(1));
  fs::resize_file(f.segment(1), size + 10'000);
  f.reopen();
  CHECK(fs::file_size(f.segment(1)) == size);
  f.add("after");
  f.lose_index();
  check_here(*f.store, "whole");
  check_here(*f.store, "after");
}

TEST_CASE("bytes that cannot be read are kept and never appended to") {
  fixture f;
  f.add("whole");
  f.close();
  auto garbage = std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff garbage", 19);
  std::ofstream(f.segment(1), std::ios::app | std::ios::binary) << garbage;
  auto before = read_file(f.segment(1));
  f.reopen();
  CHECK(f.noted("kept as they are"));
  check_here(*f.store, "whole");
  f.add("after");
  CHECK(read_file(f.segment(1)) == before);
  CHECK(fs::exists(f.segment(2)));
  f.reopen();
  CHECK(f.store->notes().empty());
  check_here(*f.store, "after");
}

TEST_CASE("an empty segment that a crash left is gone on with") {
  fixture f;
  f.close();
  write_file(f.segment(1), "\x19\xa2");
  f.reopen();
  f.add("text");
  f.lose_index();
  check_here(*f.store, "text");
}

TEST_CASE("what was written and not indexed is read in") {
  fixture f;
  f.add("indexed");
  fs::copy(f.path() / "index.sqlite", f.directory / "old");
  f.close();
  auto old = read_file(f.path() / "index.sqlite");
  f.reopen();
  f.add("not indexed");
  f.close();
  write_file(f.path() / "index.sqlite", old); // as if the last transaction had been lost
  f.reopen();
  CHECK(f.noted("read in 1 blocks"));
  check_here(*f.store, "indexed");
  check_here(*f.store, "not indexed");
}

TEST_CASE("a flipped byte is answered as damage that names the CID") {
  for (std::size_t size : {100u, 100'000u}) {
    fixture f;
    auto text = noise(size);
    f.add(text);
    f.add("other");
    f.close();
    flip_byte(f.segment(1), 26 + 40 + 50);
    f.reopen();
    for (int again = 0; again < 2; ++again) {
      auto why = failure_of([&] { (void)f.store->get(id_of(text)); });
      CHECK(why.code() == errc::damaged);
      CHECK(why.message().find(id_of(text).to_string()) != std::string::npos);
      CHECK(why.message().find("0001.car") != std::string::npos);
    }
    check_here(*f.store, "other");
    f.lose_index();
    CHECK(failure_of([&] { (void)f.store->get(id_of(text)); }).code() == errc::damaged);
    check_here(*f.store, "other");
  }
}

TEST_CASE("adding damaged content again mends it") {
  fixture f;
  auto text = noise(1000);
  f.add(text);
  f.close();
  flip_byte(f.segment(1), 200);
  f.reopen();
  CHECK(failure_of([&] { (void)f.store->get(id_of(text)); }).code() == errc::damaged);
  f.add(text);
  check_here(*f.store, text);
  f.reopen();
  check_here(*f.store, text);
  f.lose_index();
  check_here(*f.store, text);
}

TEST_CASE("a flipped byte anywhere is never served") {
  fixture f;
  auto texts = some_texts();
  texts.resize(4);
  for (const auto& text : texts) f.add(text);
  f.close();
  auto sound = read_file(f.segment(1));
  for (std::size_t at = 0; at < sound.size(); at += at < 400 ? 7 : 6011) {
    CAPTURE(at);
    flip_byte(f.segment(1), at);
    f.lose_index();
    for (const auto& text : texts) {
      try {
        auto block = f.store->get(id_of(text));
        if (block) CHECK(text_of(*block) == text);
      } catch (const failure& why) {
        CHECK(why.code() == errc::damaged);
      }
    }
    CHECK(read_file(f.segment(1)).size() == sound.size());
    f.close();
    flip_byte(f.segment(1), at);
    for (int number = 2; number < 5; ++number) fs::remove(f.segment(number));
  }
}

TEST_CASE("a missing segment is named and its blocks are damaged") {
  fixture f;
  f.add("text");
  f.close();
  fs::remove(f.segment(1));
  f.reopen();
  CHECK(f.noted("is missing"));
  CHECK(failure_of([&] { (void)f.store->get(id_of("text")); }).code() == errc::damaged);
  f.add("other");
  CHECK(fs::exists(f.segment(2)));
}

TEST_CASE("a segment that became shorter is not appended to") {
  fixture f;
  f.add("first");
  f.add("second");
  f.close();
  fs::resize_file(f.segment(1), fs::file_size(f.segment(1)) - 3);
  f.reopen();
  CHECK(f.noted("shorter"));
  check_here(*f.store, "first");
  CHECK(failure_of([&] { (void)f.store->get(id_of("second")); }).code() == errc::damaged);
  f.add("second");
  check_here(*f.store, "second");
}

TEST_CASE("a repository in use names the process that holds it") {
  fixture f;
  auto why = failure_of([&] { pack_block_store::open(f.path()); });
  CHECK(why.code() == errc::in_use);
  CHECK(why.message().find("this process") != std::string::npos);
  CHECK(why.message().find(f.path().string()) != std::string::npos);
  f.close();
  f.reopen();
}

TEST_CASE("a repository held by another process is refused until that ends") {
  temporary_directory directory;
  int ready[2];
  int stop[2];
  REQUIRE(::pipe(ready) == 0);
  REQUIRE(::pipe(stop) == 0);
  auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(stop[1]);
    char byte = 0;
    auto store = pack_block_store::open(directory / "r");
    if (::write(ready[1], &byte, 1) == 1) (void)!::read(stop[0], &byte, 1); // until the other end closes
    ::_exit(0);
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  auto why = failure_of([&] { pack_block_store::open(directory / "r"); });
  CHECK(why.code() == errc::in_use);
  CHECK(why.message().find("process " + std::to_string(child)) != std::string::npos);
  ::close(stop[1]);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK(pack_block_store::open(directory / "r"));
  for (int end : {ready[0], ready[1], stop[0]}) ::close(end);
}

TEST_CASE("a directory that holds something else is refused and left alone") {
  temporary_directory directory;
  write_file(directory / "letter.txt", "mine");
  auto why = failure_of([&] { pack_block_store::open(directory.path()); });
  CHECK(why.code() == errc::bad_request);
  CHECK(why.message().find("letter.txt") != std::string::npos);
  CHECK_FALSE(fs::exists(directory / "repository"));
  CHECK(failure_of([&] { pack_block_store::open(directory / "letter.txt"); }).code() != errc::internal);
}

TEST_CASE("a repository of a newer program is refused") {
  fixture f;
  f.close();
  write_file(f.path() / "repository", "pillar-ipfs-repository 2\nabc\n");
  CHECK(failure_of([&] { pack_block_store::open(f.path()); }).code() == errc::unsupported);
  write_file(f.path() / "repository", "something");
  CHECK(failure_of([&] { pack_block_store::open(f.path()); }).code() == errc::damaged);
}

TEST_CASE("an identity is made once and stays") {
  fixture f;
  auto id = f.store->identity();
  CHECK(id.size() == 32);
  f.reopen();
  CHECK(f.store->identity() == id);
  fixture other;
  CHECK(other.store->identity() != id);
}

TEST_CASE("a crash while a repository is made does no harm") {
  temporary_directory directory;
  fs::create_directories(directory / "repository/segments");
  write_file(directory / "repository/lock", "");
  write_file(directory / "repository/repository.new", "pill");
  auto store = pack_block_store::open(directory / "repository");
  auto batch = store->begin();
  put(*batch, "text");
  batch->commit();
  check_here(*store, "text");
}

TEST_CASE("commits that come together share a sync") {
  fixture f;
  f.add("first");
  constexpr int callers = 8;
  std::latch all_put(callers);
  std::atomic<int> syncs = 0;
  f.files.during_sync = [&] {
    if (++syncs == 1) all_put.wait(); // a sync takes long enough for everybody else to come
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; ++i)
    threads.emplace_back([&, i] {
      auto batch = f.store->begin();
      put(*batch, "text " + std::to_string(i));
      all_put.count_down();
      batch->commit();
    });
  for (auto& thread : threads) thread.join();
  CHECK(syncs <= 2);
  for (int i = 0; i < callers; ++i) check_here(*f.store, "text " + std::to_string(i));
}

TEST_CASE("readers and writers work side by side") {
  fixture f;
  f.options.segment_size = 1 << 20;
  f.reopen();
  std::atomic<int> written = 0;
  std::thread writer([&] {
    for (int i = 0; i < 300; ++i) {
      f.add(noise(static_cast<std::size_t>(i) * 37 % 9000 + 1, static_cast<std::uint64_t>(i)));
      written = i + 1;
    }
  });
  std::vector<std::thread> readers;
  std::atomic<int> wrong = 0;
  for (int r = 0; r < 3; ++r)
    readers.emplace_back([&] {
      while (written < 300) {
        for (int i = 0, n = written; i < n; i += 7) {
          auto text = noise(static_cast<std::size_t>(i) * 37 % 9000 + 1, static_cast<std::uint64_t>(i));
          auto block = f.store->get(id_of(text));
          if (!block || text_of(*block) != text) ++wrong;
        }
      }
    });
  writer.join();
  for (auto& reader : readers) reader.join();
  CHECK(wrong == 0);
}

TEST_CASE("much is synced on the way so that little waits") {
  fixture f;
  auto before = f.files.count(call::fdatasync);
  auto batch = f.store->begin();
  for (std::uint64_t i = 0; i < 50; ++i) put(*batch, noise(2'000'000, i));
  CHECK(f.files.count(call::fdatasync) - before >= 2);
  batch->commit();
  batch.reset();
  f.lose_index();
  check_here(*f.store, noise(2'000'000, 17));
}
