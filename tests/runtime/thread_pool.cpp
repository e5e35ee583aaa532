#include "runtime/executor.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <set>

using namespace std::chrono_literals;
using namespace pillar;

namespace {
bool submit(executor& to, executor::job work) {
  return to.submit(work);
}
} // namespace

TEST_CASE("a thread pool runs what it took and can be waited for") {
  thread_pool pool{2, 100};
  std::atomic<int> done{0};
  for (int i = 0; i < 50; ++i) REQUIRE(submit(pool, [&] { ++done; }));
  CHECK(pool.drain(10s));
  CHECK(done == 50);
  CHECK(pool.drain(0s));
}

TEST_CASE("a thread pool uses no more threads than it may, and none before its first job") {
  thread_pool pool{2, 100};
  CHECK(pool.drain(0s));
  std::promise<void> go;
  auto gate = go.get_future().share();
  std::atomic<int> inside{0}, most{0};
  for (int i = 0; i < 6; ++i)
    REQUIRE(submit(pool, [&] {
      auto now = ++inside;
      for (auto seen = most.load(); seen < now && !most.compare_exchange_weak(seen, now);) {
      }
      gate.wait();
      --inside;
    }));
  while (inside < 2) std::this_thread::yield();
  CHECK_FALSE(pool.drain(1ms));
  go.set_value();
  CHECK(pool.drain(10s));
  CHECK(most == 2);
}

TEST_CASE("a thread pool with a full queue leaves the job to its giver") {
  thread_pool pool{1, 1};
  std::promise<void> go;
  auto gate = go.get_future().share();
  std::promise<void> began;
  REQUIRE(submit(pool, [&] {
    began.set_value();
    gate.wait();
  }));
  began.get_future().wait();
  REQUIRE(submit(pool, [] {}));
  bool ran = false;
  executor::job one_more = [&] { ran = true; };
  CHECK_FALSE(pool.submit(one_more));
  REQUIRE(one_more);
  one_more();
  CHECK(ran);
  go.set_value();
  CHECK(pool.drain(10s));
}

TEST_CASE("a thread pool that ends runs what it took to its end") {
  std::atomic<int> done{0};
  {
    thread_pool pool{2, 100};
    for (int i = 0; i < 20; ++i) REQUIRE(submit(pool, [&] { ++done; }));
  }
  CHECK(done == 20);
}
