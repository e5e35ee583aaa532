#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;

namespace {

struct fixture {
  fixture() {
    auto slow = [](lab_worker&, std::string text) -> task<std::string> {
      co_await sleep_for(1s);
      co_return text;
    };
    lab->echo = slow;
    lab->repeat = slow;
  }
  void start(std::size_t workers) {
    n->provide<lab_worker>({.workers = workers}, lab);
    n->start();
  }
  shared_conduct lab = make_conduct();
  deterministic_node n;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "an idempotent request whose worker dies is sent to another worker") {
  start(2);
  auto asked = n.start_ask(lab::repeat{"a"});
  n.run();
  n.kill("lab#1");
  n.run();
  n.advance(1s);
  CHECK(*asked == "a");
  CHECK(lab->seen == std::vector<std::string>{"lab#1 repeat a", "lab#2 repeat a"});
}

TEST_CASE_FIXTURE(fixture, "a request that is not idempotent is never sent again") {
  start(2);
  auto asked = n.start_ask(lab::echo{"a"});
  n.run();
  n.kill("lab#1");
  n.run();
  n.advance(2s);
  CHECK(asked.error() == "abandoned");
  CHECK(lab->seen.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "an idempotent request waits for the only worker to be restarted") {
  start(1);
  auto asked = n.start_ask(lab::repeat{"a"});
  n.run();
  n.kill("lab");
  n.run();
  CHECK_FALSE(asked.ready());
  n.advance(200ms);
  n.advance(1s);
  CHECK(*asked == "a");
  CHECK(lab->seen == std::vector<std::string>{"lab repeat a", "lab repeat a"});
}

TEST_CASE_FIXTURE(fixture, "sending again does not move the deadline") {
  start(1);
  auto asked = n.start_ask(lab::repeat{"a"}, "test", 3s);
  n.run();
  auto due = lab->head->deadline;
  n.advance(900ms);
  n.kill("lab");
  n.run();
  n.advance(500ms);
  CHECK(lab->seen.size() == 2);
  CHECK(lab->head->deadline == due);
  CHECK(lab->head->caller == actor_name{"test/1"});
}

TEST_CASE_FIXTURE(fixture, "an idempotent request that reached no worker before its deadline expires") {
  auto settings = deterministic_node::quiet_settings();
  start(1);
  auto asked = n.start_ask(lab::repeat{"a"}, "test", 50ms);
  n.run();
  n.kill("lab");
  n.run();
  n.advance(50ms);
  CHECK(asked.error() == "expired");
  CHECK(asked.message().find("lab is starting: restarting after abandoned") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "a worker that answers unavailable has answered") {
  lab->repeat = [](lab_worker&, std::string) -> task<std::string> {
    throw failure(errc::unavailable, "keys are locked");
    co_return "";
  };
  start(2);
  auto asked = n.start_ask(lab::repeat{"a"});
  for (int i = 0; i < 1000 && n.step(); ++i) {
  }
  REQUIRE(asked.ready());
  CHECK(asked.get().error() == failure{errc::unavailable, "keys are locked"});
  CHECK(lab->seen.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "a request that kills every worker it meets ends with the last, or at its deadline") {
  lab->repeat = [](lab_worker& self, std::string) -> task<std::string> {
    self.end(caf::exit_reason::kill);
    co_await sleep_for(1h);
    co_return "";
  };
  start(3);
  auto asked = n.start_ask(lab::repeat{"poison"}, "test", 10s);
  n.run();
  for (int i = 0; i < 100; ++i) n.advance(100ms);
  CHECK(asked.ready());
  CHECK_FALSE(asked.get().has_value());
  CHECK(lab->seen.size() < 30);
}
