#include "runtime/auto_reset_event.hpp"

#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using asker = script<lab::service>;

namespace {

/// A lab whose stream gives what a test puts into a queue, and waits in between.
struct fixture {
  fixture() {
    lab->count = [this](lab_worker&, std::uint64_t) -> source<std::uint64_t> {
      auto kept = token;
      for (;;) {
        while (!queue.empty()) {
          auto item = queue.front();
          queue.pop_front();
          co_yield item;
        }
        if (over) co_return;
        co_await event.wait();
      }
    };
    n->provide<lab_worker>({}, lab);
    n->start();
    n->spawn<asker>("asker", asker::lines{[this](asker& self) -> task<> {
                      auto numbers = co_await self.ask(lab::count{0});
                      while (most-- > 0) {
                        auto number = co_await numbers.next();
                        if (!number) break;
                        got.push_back(*number);
                      }
                      ended = true;
                    }});
    n.run();
  }
  void put(std::uint64_t item) {
    queue.push_back(item);
    event.set();
    n.run();
  }

  auto_reset_event event;
  std::deque<std::uint64_t> queue;
  bool over = false;
  int most = 100;
  std::vector<std::uint64_t> got;
  bool ended = false;
  std::shared_ptr<int> token = std::make_shared<int>();
  shared_conduct lab = make_conduct();
  deterministic_node n;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a stream whose producer waits for the outside may be silent for hours") {
  put(1);
  for (int i = 0; i < 600; ++i) n.advance(10s);
  CHECK_FALSE(ended);
  put(2);
  CHECK(got == std::vector<std::uint64_t>{1, 2});
  over = true;
  event.set();
  n.run();
  CHECK(ended);
  CHECK(token.use_count() == 1);
}

TEST_CASE_FIXTURE(fixture, "an event that is set before anybody waits, several times, lets one wait go on") {
  queue = {1, 2, 3};
  for (int i = 0; i < 5; ++i) event.set();
  n.run();
  CHECK(got == std::vector<std::uint64_t>{1, 2, 3});
  put(4);
  CHECK(got.size() == 4);
}

TEST_CASE_FIXTURE(fixture, "a reader that drops a silent stream frees its producer at once") {
  most = 0; // more than the next
  put(1);
  CHECK(ended);
  CHECK(token.use_count() == 1);
  event.set(); // nobody waits any more
  n.run();
}

TEST_CASE_FIXTURE(fixture, "a silent stream does not hold up a stop, and its reader is told") {
  auto report = n->stop();
  CHECK(report.clean);
  CHECK(token.use_count() == 1);
}

TEST_CASE_FIXTURE(fixture, "an event may be set from another thread, and after it is gone") {
  std::function<void()> late;
  {
    auto_reset_event gone;
    late = gone.setter();
  }
  late();
  queue.push_back(1);
  std::thread{event.setter()}.join();
  n.run();
  CHECK(got == std::vector<std::uint64_t>{1});
}
