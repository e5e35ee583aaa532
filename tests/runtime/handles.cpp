#include "runtime/available.hpp"

#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;

namespace {

/// Needs nothing, and asks through the handle that it was given.
struct guest : plugin<guest> {
  using lines = std::function<task<>(guest&)>;
  guest(const context& ctx, handle<lab::echoes> to, lines run)
      : plugin(ctx), lab(std::move(to)), lines_(std::move(run)) {}
  task<> run() { return lines_(*this); }
  using asks::ask;
  using asks::try_ask;
  handle<lab::echoes> lab;

private:
  lines lines_;
};

struct fixture {
  void provide() { n->provide<lab_worker>({}, conduct); }
  /// Runs a guest and gives what it left.
  std::string outcome(handle<lab::echoes> to, std::function<task<std::string>(guest&)> what) {
    auto left = std::make_shared<std::string>("still waiting");
    n->spawn<guest>("guest-" + std::to_string(++guests), std::move(to),
                    guest::lines{[left, what](guest& self) -> task<> {
                      try {
                        *left = co_await what(self);
                      } catch (const failure& f) {
                        *left = to_string(f);
                      }
                    }});
    n.run();
    last = left;
    return *left;
  }
  int guests = 0;
  std::shared_ptr<std::string> last;
  shared_conduct conduct = make_conduct();
  deterministic_node n;
};

task<std::string> echo_through(guest& self) {
  co_return co_await self.ask(self.lab, lab::echo{"hello"});
}
task<std::string> wait_five_seconds(guest& self) {
  co_await available(self.lab, 5s);
  co_return "available";
}

} // namespace

TEST_CASE_FIXTURE(fixture, "a handle that was handed over asks, whatever the needs are") {
  provide();
  n->start();
  CHECK(outcome(n->find<lab::service>(), echo_through) == "hello");
  CHECK(n->ask(n->find<lab::echoes>(), lab::echo{"outside"}) == "outside");
}

TEST_CASE_FIXTURE(fixture, "a handle survives a restart of the worker behind it") {
  provide();
  n->start();
  auto to = n->find<lab::echoes>();
  n.kill("lab");
  n.run();
  CHECK(outcome(to, echo_through) == "still waiting");
  n.advance(1s);
  CHECK(*last == "hello");
}

TEST_CASE_FIXTURE(fixture, "an empty handle answers unavailable to every ask") {
  n->start();
  CHECK(outcome({}, echo_through) == "unavailable: the handle is empty: it leads to no worker");
  CHECK(outcome({}, wait_five_seconds) == "unavailable: the handle is empty: it leads to no worker");
  n->learn<lab::service>();
  CHECK_THROWS_WITH_AS(n->ask(handle<lab::service>{}, lab::echo{"x"}), "the handle is empty: it leads to no worker",
                       failure);
}

TEST_CASE_FIXTURE(fixture, "several asks through one handle go on together") {
  conduct->echo = [](lab_worker&, std::string text) -> task<std::string> {
    co_await sleep_for(1s);
    co_return text;
  };
  provide();
  n->start();
  outcome(n->find<lab::echoes>(), [](guest& self) -> task<std::string> {
    auto [a, b] = co_await all(self.ask(self.lab, lab::echo{"1"}), self.ask(self.lab, lab::echo{"2"}));
    co_return a + b;
  });
  n.advance(1s);
  CHECK(*last == "12");
}

TEST_CASE_FIXTURE(fixture, "who waits for a service that serves does not wait") {
  provide();
  n->start();
  CHECK(outcome(n->find<lab::echoes>(), wait_five_seconds) == "available");
}

TEST_CASE_FIXTURE(fixture, "who waits for a service goes on when its worker serves") {
  n->learn<lab::service>();
  n->start();
  CHECK(outcome(n->find<lab::echoes>(), wait_five_seconds) == "still waiting");
  n.advance(3s);
  conduct->start = [](actor&) -> task<> { co_await sleep_for(1s); };
  provide();
  n.run();
  CHECK(*last == "still waiting");
  n.advance(1s);
  CHECK(*last == "available");
}

TEST_CASE_FIXTURE(fixture, "who waits for a service that does not come hears so at the limit") {
  n->start();
  outcome(n->find<lab::echoes>(), wait_five_seconds);
  n.advance(4999ms);
  CHECK(*last == "still waiting");
  n.advance(1ms);
  CHECK(*last == "unavailable: nothing on this node provides lab");
}

TEST_CASE_FIXTURE(fixture, "who waits for a service that is given up hears so at once") {
  n->provide<lab_worker>({.policy = restart_policy::temporary}, conduct);
  n->start();
  n.kill("lab");
  n.run();
  CHECK(outcome(n->find<lab::echoes>(), wait_five_seconds).starts_with("unavailable: lab was given up: abandoned"));
}

TEST_CASE_FIXTURE(fixture, "several waits for one service end together, and one that ended is not woken again") {
  n->learn<lab::service>();
  n->start();
  outcome(n->find<lab::echoes>(), [](guest& self) -> task<std::string> {
    co_await all(available(self.lab, 5s), available(self.lab, 1h));
    co_await sleep_for(10s);
    co_return "slept";
  });
  provide();
  n.run();
  n.kill("lab");
  for (int i = 0; i < 99; ++i) n.advance(100ms);
  CHECK(*last == "still waiting");
  n.advance(100ms);
  CHECK(*last == "slept");
}

TEST_CASE_FIXTURE(fixture, "an actor may end while it waits for a service") {
  n->learn<lab::service>();
  n->start();
  outcome(n->find<lab::echoes>(), wait_five_seconds);
  n->stop_child("guest-1");
  provide();
  n.run();
  n.advance(10s);
  CHECK(*last == "still waiting");
}

TEST_CASE_FIXTURE(fixture, "an application waits for a service, too") {
  provide();
  n->learn<front::service>();
  n->start();
  CHECK_NOTHROW(n->wait_for<lab::service>(1s));
  CHECK_NOTHROW(n->wait_for<lab::echoes>(1s));
  CHECK_THROWS_WITH_AS(n->wait_for<front::service>(1ms), "nothing on this node provides front", failure);
}

TEST_CASE_FIXTURE(fixture, "an application waits for a service that comes only later, or is given up meanwhile") {
  n->learn<lab::service>();
  n->start();
  n.patience = 10s;
  n->spawn<script<>>("later", script<>::lines{[&](auto&) -> task<> {
                       co_await sleep_for(3s);
                       n->provide<lab_worker>({.policy = restart_policy::temporary}, conduct);
                     }});
  CHECK_NOTHROW(n->wait_for<lab::service>(10s));
  n.kill("lab");
  n.run();
  CHECK_THROWS_AS(n->wait_for<lab::service>(10s), failure);
}

TEST_CASE_FIXTURE(fixture, "a worker hands on a handle to what it needs, as narrow as it likes") {
  provide();
  n->start();
  handle<lab::echoes> handed;
  using asker = script<lab::service>;
  n->spawn<asker>("asker", asker::lines{[&](asker& self) -> task<> {
                    handed = self.handle_to<lab::echoes>();
                    co_return;
                  }});
  n.run();
  CHECK(outcome(handed, echo_through) == "hello");
}
