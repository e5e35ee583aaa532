#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using plain = script<>;

namespace {
struct fixture {
  fixture() { n->start(); }
  void run(plain::lines lines, std::string_view name = "script") {
    n->spawn<plain>(name, std::move(lines));
    n.run();
  }
  deterministic_node n;
};
} // namespace

TEST_CASE_FIXTURE(fixture, "offloaded work gives its value, of any kind") {
  int number = 0;
  std::string text;
  bool nothing = false;
  run([&](auto&) -> task<> {
    number = co_await offload([] { return 42; });
    text = *co_await offload([] { return std::make_unique<std::string>("moved"); });
    co_await offload([&] { nothing = true; });
  });
  CHECK(number == 42);
  CHECK(text == "moved");
  CHECK(nothing);
}

TEST_CASE_FIXTURE(fixture, "what offloaded work throws is thrown where it is awaited") {
  std::string caught;
  run([&](auto&) -> task<> {
    try {
      co_await offload([]() -> int { throw failure(errc::io_error, "the disk is gone"); });
    } catch (const failure& f) {
      caught = to_string(f);
    }
  });
  CHECK(caught == "io_error: the disk is gone");
}

TEST_CASE_FIXTURE(fixture, "an actor serves others while its work is offloaded") {
  auto lab = make_conduct();
  n->provide<lab_worker>({}, lab);
  n.run();
  lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
    if (text == "slow") co_await offload([] {});
    co_return text;
  };
  n.pool().held = true;
  auto slow = n.start_ask(lab::echo{"slow"});
  auto quick = n.start_ask(lab::echo{"quick"});
  n.run();
  CHECK_FALSE(slow.ready());
  CHECK(*quick == "quick");
  n.pool().held = false;
  n.run();
  CHECK(*slow == "slow");
}

TEST_CASE_FIXTURE(fixture, "offloaded work runs together inside all") {
  int sum = 0;
  run([&](auto&) -> task<> {
    auto [a, b] = co_await all(offload([] { return 1; }), offload([] { return 2; }));
    sum = a + b;
  });
  CHECK(sum == 3);
}

TEST_CASE("a full queue of blocking work is answered overloaded, and the actor lives") {
  deterministic_node n{0, deterministic_node::quiet_settings(), {}, 2};
  n->start();
  n.pool().held = true;
  std::vector<std::string> outcomes;
  n->spawn<plain>("script", plain::lines{[&](auto&) -> task<> {
                    auto one = [&](int i) -> task<> {
                      try {
                        co_await offload([] {});
                        outcomes.push_back(std::to_string(i) + " done");
                      } catch (const failure& f) {
                        outcomes.push_back(std::to_string(i) + " " + to_string(f));
                      }
                    };
                    co_await all(one(1), one(2), one(3));
                    co_await one(4);
                  }});
  n.run();
  n.pool().held = false;
  n.run();
  REQUIRE(outcomes.size() == 4);
  CHECK(outcomes[0] == "3 overloaded: script found the node's queue of blocking work full: try again later");
  CHECK(outcomes[1] == "1 done");
  CHECK(outcomes[2] == "2 done");
  CHECK(outcomes[3] == "4 done");
}

TEST_CASE_FIXTURE(fixture, "the frames that a job uses live until it has ended, even when their actor is killed") {
  auto token = std::make_shared<std::string>("alive");
  std::string seen;
  n.pool().held = true;
  run([&, token](auto&) -> task<> {
    auto kept = token; // in the frame
    std::string local(100, 'x');
    co_await offload([&] { seen = *kept + local.substr(0, 1); });
    FAIL("an ended actor was resumed");
  });
  auto before = token.use_count();
  n->stop_child("script"); // waits for its time limit, then it is killed
  CHECK(token.use_count() >= before - 2);
  n.pool().held = false;
  n.run();
  CHECK(seen == "alivex");
}

TEST_CASE_FIXTURE(fixture,
                  "the callers of a worker that is killed in the middle of a job are answered when the job ends") {
  auto lab = make_conduct();
  auto token = std::make_shared<int>(7);
  int seen = 0;
  lab->echo = [&](lab_worker&, std::string text) -> task<std::string> {
    auto kept = token;
    co_await offload([&] { seen = *kept; });
    co_return text;
  };
  n->provide<lab_worker>({}, lab);
  n.run();
  n.pool().held = true;
  auto asked = n.start_ask(lab::echo{"a"});
  n.run();
  CHECK(token.use_count() == 2);
  n.kill("lab");
  n.run();
  CHECK(token.use_count() == 2);
  n.pool().held = false;
  n.run();
  CHECK(seen == 7);
  CHECK(token.use_count() == 1);
  CHECK(asked.error() == "abandoned");
}

TEST_CASE_FIXTURE(fixture, "a killed actor with two jobs frees their frames after the last") {
  auto token = std::make_shared<int>(0);
  auto lab = make_conduct();
  lab->echo = [&](lab_worker&, std::string text) -> task<std::string> {
    auto kept = token;
    co_await all(offload([&] { ++*kept; }), offload([&] { ++*kept; }), sleep_for(1h));
    co_return text;
  };
  n->provide<lab_worker>({}, lab);
  n.run();
  n.pool().held = true;
  auto asked = n.start_ask(lab::echo{"a"});
  n.run();
  n.kill("lab");
  n.pool().held = false;
  n.run();
  CHECK(*token == 2);
  CHECK(token.use_count() == 1);
  CHECK(asked.error() == "abandoned");
}
