#include "actors/ipfs/item_pipe.hpp"
#include "actors/ipfs/upload_table.hpp"
#include "tests/actors/ipfs/support.hpp"

#include <atomic>

using namespace pillar;
using namespace pillar::ipfs;
using namespace pillar::test;
using engine::view_of;

namespace {

struct fixture {
  std::shared_ptr<backend> ipfs = embedded_ipfs::in_memory();
  upload_table uploads{ipfs};
};

} // namespace

TEST_CASE_FIXTURE(fixture, "content that is sent piece by piece gets the CID that it has as a whole") {
  auto content = noise(3'000'000);
  auto to = uploads.begin({});
  for (std::size_t at = 0; at < content.size(); at += 999'999)
    uploads.write(to, view_of(std::string_view(content).substr(at, 999'999)));
  auto stored = uploads.end(to);
  CHECK(stored.size == content.size());
  CHECK(stored.files == 1);
  CHECK(content_of(*ipfs, stored.root.text) == content);
  auto empty = uploads.begin({});
  uploads.write(empty, {});
  CHECK(ipfs->add_bytes({}) == ipfs->add_str(""));
  CHECK(uploads.end(empty).root.text == "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH");
}

TEST_CASE_FIXTURE(fixture, "several uploads go on side by side, with options of their own") {
  auto a = uploads.begin({}), b = uploads.begin({.cid_version = 1});
  for (int i = 0; i < 3; ++i) uploads.write(a, view_of("hello")), uploads.write(b, view_of("hello"));
  CHECK(uploads.end(b).root == ipfs->add_str("hellohellohello", {.cid_version = 1}));
  CHECK(uploads.end(a).root == ipfs->add_str("hellohellohello"));
}

TEST_CASE_FIXTURE(fixture, "an upload that has ended, was cancelled or never was is not found") {
  auto ended = uploads.begin({});
  uploads.end(ended);
  auto cancelled = uploads.begin({});
  uploads.write(cancelled, view_of("x"));
  uploads.cancel(cancelled);
  for (auto which : {ended, cancelled, upload{1}}) {
    CHECK(failure_of([&] { uploads.write(which, view_of("x")); }).code() == errc::not_found);
    CHECK(failure_of([&] { uploads.end(which); }).code() == errc::not_found);
    CHECK_NOTHROW(uploads.cancel(which));
  }
}

TEST_CASE_FIXTURE(fixture, "what is too large, or an option that cannot be, is refused") {
  auto to = uploads.begin({});
  CHECK(failure_of([&] { uploads.write(to, view_of(std::string((1 << 20) + 1, 'x'))); }).code() == errc::too_large);
  uploads.write(to, view_of("it goes on"));
  CHECK_NOTHROW(uploads.end(to));
  CHECK(failure_of([&] { uploads.begin({.cid_version = 7}); }).code() == errc::bad_request);
  CHECK(failure_of([&] { uploads.begin({.pin_name = std::string(256, 'n')}); }).code() == errc::too_large);
}

TEST_CASE_FIXTURE(fixture, "there may be so many uploads and no more") {
  std::vector<upload> open;
  for (std::size_t i = 0; i < upload_table::most; ++i) open.push_back(uploads.begin({}));
  CHECK(failure_of([&] { uploads.begin({}); }).code() == errc::overloaded);
  uploads.cancel(open.front());
  CHECK_NOTHROW(uploads.begin({}));
}

TEST_CASE("an upload to which nothing comes is over, and does not count any more") {
  std::shared_ptr<backend> ipfs = embedded_ipfs::in_memory();
  upload_table uploads(ipfs, std::chrono::milliseconds(0));
  auto forgotten = uploads.begin({});
  std::optional<failure> why;
  while (!why) // until it has expired; a piece that comes before is taken
    try {
      uploads.write(forgotten, view_of("x"));
      std::this_thread::yield();
    } catch (const failure& f) {
      why = f;
    }
  CHECK((why->code() == errc::expired || why->code() == errc::not_found));
}

TEST_CASE("items come in order, at most so many ahead, and then the end") {
  std::atomic<int> made = 0;
  item_pipe<int> pipe(
      [&](const item_pipe<int>::emit& emit, const std::stop_token&) {
        for (int i = 0; i < 1000; ++i) emit(i), ++made;
      },
      4);
  int next = 0;
  for (auto batch = pipe.next_batch(); !batch.empty(); batch = pipe.next_batch()) {
    CHECK(batch.size() <= 4);
    CHECK(made <= next + 8);
    for (auto item : batch) CHECK(item == next++);
  }
  CHECK(next == 1000);
  CHECK(pipe.next_batch().empty());
}

TEST_CASE("what a producer throws comes after its items") {
  item_pipe<int> pipe(
      [](const item_pipe<int>::emit& emit, const std::stop_token&) {
        emit(1);
        throw failure(errc::damaged, "no more");
      },
      4);
  CHECK(pipe.next_batch() == std::vector{1});
  CHECK(failure_of([&] { pipe.next_batch(); }).code() == errc::damaged);
  CHECK(pipe.next_batch().empty());
}

TEST_CASE("a producer that nobody reads any more is told to stop") {
  std::atomic<bool> stopped = false;
  {
    item_pipe<int> pipe(
        [&](const item_pipe<int>::emit& emit, const std::stop_token& stop) {
          try {
            for (;;) emit(1);
          } catch (const failure& f) {
            stopped = f.code() == errc::cancelled && stop.stop_requested();
          }
        },
        2);
    pipe.next_batch();
  }
  CHECK(stopped);
}
