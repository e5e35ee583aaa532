#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using asker = script<lab::service>;
using plain = script<>;

namespace {

struct fixture {
  fixture() {
    lab->construct = [this](const actor&) { ++constructed; };
    lab->echo = [](lab_worker& self, std::string text) -> task<std::string> {
      if (text == "end") self.end(caf::exit_reason::normal);
      if (text == "break") throw worker_failure(errc::damaged, "the index is gone");
      if (text == "bad") throw failure(errc::bad_request, "your fault");
      if (text == "slow") co_await sleep_for(1h);
      co_return text;
    };
  }
  void provide(service_options options = {}) {
    n->provide<lab_worker>(options, lab);
    n->start();
  }
  /// Starts an ask and lets happen what can.
  started_ask<std::string> ask(std::string text) {
    auto asked = n.start_ask(lab::echo{std::move(text)});
    n.run();
    return asked;
  }
  child_status status(std::string_view name) {
    for (auto& s : n->status())
      if (s.name.view() == name) return s;
    FAIL("nothing is named ", std::string(name));
    return {};
  }
  int constructed = 0;
  shared_conduct lab = make_conduct();
  deterministic_node n;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a permanent worker is started again whenever it ends") {
  provide();
  ask("end");
  n.advance(1s);
  CHECK(constructed == 2);
  ask("break");
  n.advance(1s);
  CHECK(constructed == 3);
  CHECK(*ask("hello") == "hello");
  CHECK(status("lab").restarts == 2);
  CHECK(status("lab").state == child_state::running);
}

TEST_CASE_FIXTURE(fixture, "a transient worker is started again when it fails, not when it ends as it should") {
  provide({.policy = restart_policy::transient});
  ask("break");
  n.advance(1s);
  CHECK(constructed == 2);
  ask("end");
  n.advance(10s);
  CHECK(constructed == 2);
  CHECK(status("lab").state == child_state::finished);
  CHECK(ask("hello").message() == "nothing on this node provides lab");
}

TEST_CASE_FIXTURE(fixture, "a temporary worker is never started again, and askers hear why") {
  provide({.policy = restart_policy::temporary});
  CHECK(ask("break").error() == "damaged");
  n.advance(10s);
  CHECK(constructed == 1);
  CHECK(status("lab").state == child_state::given_up);
  CHECK(ask("hello").message() == "lab was given up: damaged: the index is gone");
}

TEST_CASE_FIXTURE(fixture, "handles and bindings survive restarts") {
  provide();
  std::vector<std::string> got;
  n->spawn<asker>("asker", asker::lines{[&](asker& self) -> task<> {
                    for (auto* text : {"1", "break", "2", "break", "3"}) {
                      auto reply = co_await self.try_ask(lab::echo{text});
                      got.push_back(reply ? *reply : std::string(name_of(reply.error().code())));
                    }
                  }});
  for (int i = 0; i < 20; ++i) n.advance(100ms);
  CHECK(got == std::vector<std::string>{"1", "damaged", "2", "damaged", "3"});
}

TEST_CASE_FIXTURE(fixture, "an ask waits while its worker restarts, and is answered by the new one") {
  provide();
  ask("break");
  auto waiting = ask("patience");
  CHECK_FALSE(waiting.ready());
  n.advance(1s);
  CHECK(*waiting == "patience");
}

TEST_CASE_FIXTURE(fixture, "an ask that waits for a restart expires at its deadline and says what it waited for") {
  auto settings = deterministic_node::quiet_settings();
  settings.set("supervision.backoff-min", "5s");
  deterministic_node slow{0, settings};
  slow->provide<lab_worker>({}, lab);
  slow->start();
  slow.start_ask(lab::echo{"break"});
  slow.run();
  auto waiting = slow.start_ask(lab::echo{"impatient"}, "test", 1s);
  slow.run();
  slow.advance(1s);
  CHECK(waiting.error() == "expired");
  CHECK(waiting.message()
        == "test/2 waited 1000 ms in run for lab.echo: lab is starting: restarting after damaged: the index is gone");
}

TEST_CASE_FIXTURE(fixture, "a worker that fails too often is given up, with a reason that a person can read") {
  provide();
  for (int i = 0; i < 5; ++i) {
    ask("break");
    n.advance(5s);
  }
  CHECK(constructed == 6);
  auto waiting = ask("break");
  auto later = ask("hello");
  n.advance(1h);
  CHECK(constructed == 6);
  auto reason = "damaged: 5 restarts within 60 s did not help; the last failure was damaged: the index is gone";
  CHECK(status("lab").state == child_state::given_up);
  CHECK(status("lab").reason == reason);
  CHECK(later.message() == std::string("lab was given up: ") + reason);
  CHECK(later.error() == "unavailable");
  CHECK(n.logged("given up"));
}

TEST_CASE_FIXTURE(fixture, "asks that wait for a restart hear when their worker is given up") {
  int starts = 0;
  lab->start = [&](actor&) -> task<> {
    if (++starts > 1) throw failure(errc::storage_full, "no space for the index");
    co_return;
  };
  provide();
  ask("break");
  auto waiting = n.start_ask(lab::echo{"patient"}, "test", 1h);
  for (int i = 0; i < 100; ++i) n.advance(1s);
  CHECK(waiting.error() == "unavailable");
  CHECK(waiting.message().find("no space for the index") != std::string::npos);
  CHECK(starts == 6);
}

TEST_CASE_FIXTURE(fixture, "restarts that are longer ago than the period do not count") {
  provide();
  for (int i = 0; i < 30; ++i) {
    ask("break");
    n.advance(15s);
  }
  CHECK(constructed == 31);
  CHECK(*ask("hello") == "hello");
}

TEST_CASE_FIXTURE(fixture, "a caller's fault never counts") {
  provide();
  for (int i = 0; i < 1000; ++i) CHECK(ask("bad").error() == "bad_request");
  auto late = n.start_ask(lab::echo{"slow"}, "test", 1s);
  n.run();
  n.advance(1s);
  CHECK(late.error() == "expired");
  CHECK(constructed == 1);
  CHECK(status("lab").restarts == 0);
}

TEST_CASE_FIXTURE(fixture, "one that fails takes no sibling with it") {
  auto other = make_conduct();
  n->provide<front_worker>({}, other);
  provide();
  int fronts = 0;
  other->construct = [&](const actor&) { ++fronts; };
  ask("break");
  n.advance(1s);
  CHECK(fronts == 0);
  CHECK(status("front").state == child_state::running);
}

TEST_CASE_FIXTURE(fixture, "several workers stand behind one service and are taken in turn") {
  provide({.workers = 3});
  n->spawn<asker>("asker", asker::lines{[&](asker& self) -> task<> {
                    for (int i = 0; i < 6; ++i) co_await self.ask(lab::echo{std::to_string(i)});
                  }});
  n.run();
  CHECK(lab->seen
        == std::vector<std::string>{"lab#1 echo 0", "lab#2 echo 1", "lab#3 echo 2", "lab#1 echo 3", "lab#2 echo 4",
                                    "lab#3 echo 5"});
}

TEST_CASE_FIXTURE(fixture, "while one of several workers restarts the others answer at once") {
  provide({.workers = 2});
  n.kill("lab#1");
  n.run();
  for (int i = 0; i < 4; ++i) CHECK(*ask("hello") == "hello");
  for (auto& line : lab->seen) CHECK(line.starts_with("lab#2"));
  n.advance(1s);
  CHECK(n->services().route_of("lab")->current()->size() == 2);
}

TEST_CASE_FIXTURE(fixture, "a service is given up with its last worker") {
  provide({.workers = 2, .policy = restart_policy::temporary});
  n.kill("lab#1");
  n.run();
  CHECK(status("lab#1").state == child_state::given_up);
  CHECK(*ask("hello") == "hello");
  n.kill("lab#2");
  n.run();
  CHECK(ask("hello").message().starts_with("lab was given up: abandoned"));
}

TEST_CASE_FIXTURE(fixture, "a service whose workers have a name of their own") {
  provide({.name = "bench", .workers = 2});
  ask("hello");
  CHECK(lab->seen.front() == "bench#1 echo hello");
}

TEST_CASE_FIXTURE(fixture, "a plugin that returns from run is finished") {
  n->start();
  int runs = 0;
  n->spawn<plain>("once", plain::lines{[&](plain&) -> task<> {
                    ++runs;
                    co_return;
                  }});
  n.run();
  n.advance(1h);
  CHECK(runs == 1);
  CHECK(status("once").state == child_state::finished);
  CHECK(status("once").reason.empty());
}

TEST_CASE_FIXTURE(fixture, "a plugin that throws in run is started again, and given up when that does not help") {
  n->start();
  int runs = 0;
  n->spawn<plain>("notary", plain::lines{[&](plain&) -> task<> {
                    ++runs;
                    throw std::runtime_error("no ink");
                    co_return;
                  }});
  n.run();
  CHECK(runs == 1);
  CHECK(status("notary").state == child_state::backing_off);
  CHECK(status("notary").reason == "internal: no ink");
  for (int i = 0; i < 100; ++i) n.advance(1s);
  CHECK(runs == 6);
  CHECK(status("notary").state == child_state::given_up);
  CHECK(status("notary").reason
        == "internal: 5 restarts within 60 s did not help; the last failure was internal: no ink");
  CHECK(n->started());
}

namespace {
struct sullen : plugin<sullen> {
  sullen(const context& ctx, int& tries) : plugin(ctx) {
    if (++tries < 3) throw failure(errc::io_error, "not today");
  }
  task<> run() { co_await sleep_for(1h); }
};
struct hopeless : plugin<hopeless> {
  explicit hopeless(const context& ctx) : plugin(ctx) { throw std::logic_error("never"); }
  task<> run() { co_return; }
};
} // namespace

TEST_CASE_FIXTURE(fixture, "a plugin that throws in its constructor is constructed again") {
  int tries = 0;
  n->spawn<sullen>("sullen", std::ref(tries));
  n->start();
  CHECK(tries == 1);
  CHECK(status("sullen").reason == "io_error: not today");
  n.advance(1s);
  n.advance(1s);
  CHECK(tries == 3);
  CHECK(status("sullen").state == child_state::running);
}

TEST_CASE_FIXTURE(fixture, "a plugin that cannot be constructed at all is given up, and the node lives on") {
  n->spawn<hopeless>("hopeless");
  provide();
  for (int i = 0; i < 100; ++i) n.advance(1s);
  CHECK(status("hopeless").state == child_state::given_up);
  CHECK(status("hopeless").reason.find("never") != std::string::npos);
  CHECK(*ask("hello") == "hello");
}

TEST_CASE_FIXTURE(fixture, "a plugin's failed ask that nobody catches is the plugin's failure") {
  provide();
  n->spawn<asker>("asker", asker::lines{[&](asker& self) -> task<> { co_await self.ask(lab::echo{"bad"}); }});
  n.run();
  CHECK(status("asker").reason == "bad_request: your fault");
}

TEST_CASE_FIXTURE(fixture, "a child that is stopped by name stays stopped") {
  provide();
  n->stop_child("lab");
  n.advance(1h);
  CHECK(constructed == 1);
  CHECK(status("lab").state == child_state::stopped);
  CHECK(ask("hello").message() == "nothing on this node provides lab");
  CHECK_THROWS_WITH_AS(n->stop_child("lab"), "no worker or plugin named lab runs on this node", failure);
  CHECK_THROWS_WITH_AS(n->stop_child("nobody"), "no worker or plugin named nobody runs on this node", failure);
}

TEST_CASE_FIXTURE(fixture, "a child that backs off can be stopped, and is not started again") {
  provide();
  ask("break");
  CHECK(status("lab").state == child_state::backing_off);
  n->stop_child("lab");
  n.advance(1h);
  CHECK(constructed == 1);
  CHECK(status("lab").state == child_state::stopped);
}

TEST_CASE_FIXTURE(fixture, "names are given once") {
  provide();
  CHECK_THROWS_WITH_AS(n->spawn<plain>("lab", plain::lines{}),
                       "a worker or plugin named lab exists on this node: give this one another name", failure);
  n->spawn<plain>("notary", plain::lines{[](plain&) -> task<> { co_return; }});
  CHECK_THROWS_AS(n->spawn<plain>("notary", plain::lines{}), failure);
  CHECK_THROWS_AS(n->spawn<plain>("Not A Name", plain::lines{}), failure);
}

TEST_CASE("every state of a child has its name") {
  using enum child_state;
  std::vector<std::string_view> names;
  for (auto state : {waiting, starting, running, backing_off, finished, given_up, stopped})
    names.push_back(name_of(state));
  CHECK(names
        == std::vector<std::string_view>{"waiting", "starting", "running", "backing_off", "finished", "given_up",
                                         "stopped"});
}
