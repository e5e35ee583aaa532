// Verification by several threads: as if it were one, and while blocks come and go.
#include "tests/actors/ipfs/store/garbage.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <utility>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t graphs = 400;

/// A repository of 2000 blocks, of which every tenth leaf is damaged.
struct fixture : garbage_fixture {
  fixture() {
    options.segment_size = 200'000;
    reopen();
    for (std::uint64_t i = 0; i < graphs; ++i) add(*store, make_graph(i), true);
    store.reset();
    for (const auto& entry : fs::directory_iterator(path() / "segments")) {
      auto content = read_file(entry.path());
      for (std::uint64_t i = 0; i < graphs; i += 10)
        if (auto at = content.find(make_graph(i).leaves[2]); at != content.npos) flip_byte(entry.path(), at + 9);
    }
    store = pack_block_store::open(path(), options);
  }

  /// All that is told, in order.
  std::vector<std::string> verify(unsigned threads) {
    options.verify_threads = threads;
    reopen();
    std::vector<std::string> told;
    auto count = store->verify_all(
        [&](const content_id& id, std::string_view problem) { told.push_back(id.to_string() + std::string(problem)); },
        [&](std::uint64_t read) { told.push_back(std::to_string(read)); });
    CHECK(count == graphs * 5);
    return told;
  }
};

} // namespace

TEST_CASE("verification tells the same in the same order whatever the number of threads") {
  fixture f;
  auto told = f.verify(1);
  CHECK(told.size() == graphs / 10 + 2); // two tell how far it is
  for (unsigned threads : {2, 3, 8}) CHECK(f.verify(threads) == told);
}

TEST_CASE("verification ends at once when it is stopped and lets out what a report throws") {
  fixture f;
  f.options.verify_threads = 4;
  f.reopen();
  std::stop_source stop;
  int reports = 0;
  auto why = failure_of([&] {
    f.store->verify_all(
        [&](const content_id&, std::string_view) {
          ++reports;
          stop.request_stop();
        },
        {}, stop.get_token());
  });
  CHECK(why.code() == errc::cancelled);
  CHECK(reports <= 40);
  auto throws = [](const content_id&, std::string_view) { throw std::runtime_error("enough"); };
  CHECK_THROWS_WITH_AS(f.store->verify_all(throws), "enough", std::runtime_error);
}

TEST_CASE("blocks that go and leave holes while all is verified are no problem") {
  garbage_fixture f;
  f.options.segment_size = 1 << 20;
  f.options.verify_threads = 4;
  f.reopen();
  auto large = [](std::uint64_t i) { return make_graph(i, 4, 30'000); };
  for (std::uint64_t i = 0; i < 40; ++i) add(*f.store, large(i), true);
  std::atomic<bool> done = false;
  std::atomic<int> problems = 0;
  std::thread verifying([&] {
    do f.store->verify_all([&](const content_id&, std::string_view) { ++problems; });
    while (!done);
  });
  std::uint64_t won = 0;
  for (std::uint64_t i = 0; i < 40; ++i) {
    if (i % 3 == 1) unpin(*f.store, large(i)); // too little to move segments
    if (i % 5 == 4) won += f.store->collect_garbage().disk_bytes;
  }
  done = true;
  verifying.join();
  CHECK(won > 12 * 4 * 20'000);
  CHECK(problems == 0);
  for (std::uint64_t i = 0; i < 40; ++i) CHECK(count_here(*f.store, large(i)) == (i % 3 == 1 ? 0 : 5));
}
