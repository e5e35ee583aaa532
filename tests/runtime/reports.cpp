#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using front_asker = script<front::service>;

namespace {

struct fixture {
  fixture() {
    n->provide<lab_worker>({}, lab);
    n->provide<front_worker>({}, front);
    n->start();
  }
  actor_report report(std::string_view name) {
    for (auto& r : n->reports())
      if (r.name.view() == name) return r;
    FAIL("nothing is named ", std::string(name));
    return {};
  }
  shared_conduct lab = make_conduct();
  shared_conduct front = make_conduct();
  deterministic_node n;
};

task<std::string> sleep_an_hour(lab_worker&, std::string text) {
  co_await sleep_for(1h);
  co_return text;
}

} // namespace

TEST_CASE_FIXTURE(fixture, "reports tell who waits for whom, in which handler, on whose behalf and for how long") {
  lab->echo = sleep_an_hour;
  n->spawn<front_asker>("notary", front_asker::lines{[](front_asker& self) -> task<> {
                          co_await sleep_for(2s);
                          co_await self.ask(front::relay{"a"}, 1h);
                        }});
  n.run();
  n.advance(2s);
  n.advance(1500ms);
  CHECK(to_string(report("notary")) == "notary: run for 3.5 s, waiting for front.relay at front");
  CHECK(to_string(report("front")) == "front: front.relay for 1.5 s, waiting for lab.echo at lab on behalf of notary");
  CHECK(to_string(report("lab")) == "lab: lab.echo for 1.5 s on behalf of notary");
}

TEST_CASE_FIXTURE(fixture, "an actor that does nothing is idle") {
  CHECK(to_string(report("lab")) == "lab: idle");
  CHECK(report("lab").answers);
}

TEST_CASE_FIXTURE(fixture, "everything that an actor does is told, the oldest first") {
  lab->echo = sleep_an_hour;
  n.start_ask(lab::echo{"1"}, "first");
  n.run();
  n.advance(1s);
  n.start_ask(lab::echo{"2"}, "second");
  n.run();
  n.advance(1s);
  CHECK(to_string(report("lab"))
        == "lab: lab.echo for 2.0 s on behalf of first/1, lab.echo for 1.0 s on behalf of second/2");
}

TEST_CASE_FIXTURE(fixture, "a stream that is open is something that its worker does") {
  auto numbers = n->ask(lab::count{100});
  CHECK(report("lab").doing.size() == 1);
  CHECK(report("lab").doing[0].what == "lab.count");
  CHECK(report("lab").doing[0].caller == actor_name{"application"});
}

TEST_CASE_FIXTURE(fixture, "an actor that waits no more does not say that it waits") {
  front->relay = [](front_worker& self, std::string text) -> task<std::string> {
    co_await self.ask(lab::echo{text});
    co_await sleep_for(1h);
    co_return text;
  };
  n.start_ask(front::relay{"a"});
  n.run();
  CHECK(to_string(report("front")) == "front: front.relay for 0.0 s on behalf of test/1");
}

TEST_CASE_FIXTURE(fixture, "a glance from outside tells what is running, since when and how many requests wait") {
  auto worker = actor::behind(n->services().route_of("lab")->current()->front().worker);
  actor_report seen;
  lab->echo = [&](lab_worker&, std::string text) -> task<std::string> {
    n.scheduler().clock().current_time += 3s; // it blocks
    if (text == "1") seen = worker->glance();
    co_return text;
  };
  for (auto* text : {"1", "2", "3"}) n.start_ask(lab::echo{text});
  auto* job = dynamic_cast<caf::resumable*>(static_cast<caf::abstract_actor*>(worker));
  n.scheduler().run_jobs_filtered([&](auto* other) { return other != job; });
  n.run();
  CHECK(to_string(seen) == "lab: lab.echo for 3.0 s, without looking at its mailbox; 2 requests wait");
  CHECK(to_string(worker->glance()) == "lab: does not answer");
  CHECK(worker->glance().inbox == 0);
}

TEST_CASE_FIXTURE(fixture, "a glance at a coroutine that goes on after waiting tells since when it is at it") {
  auto worker = actor::behind(n->services().route_of("lab")->current()->front().worker);
  actor_report seen;
  lab->echo = [&](lab_worker&, std::string text) -> task<std::string> {
    co_await sleep_for(10s);
    n.scheduler().clock().current_time += 3s; // it blocks
    seen = worker->glance();
    co_return text;
  };
  n.start_ask(lab::echo{"1"});
  n.run();
  n.advance(5s);
  n.start_ask(lab::note{"another request came meanwhile"});
  n.run();
  n.advance(5s);
  CHECK(to_string(seen) == "lab: lab.echo for 13.0 s, without looking at its mailbox");
}

TEST_CASE_FIXTURE(fixture, "a glance at a task beside the handlers tells its name") {
  auto worker = actor::behind(n->services().route_of("lab")->current()->front().worker);
  actor_report seen;
  static constexpr std::string_view cleaning = "cleaning";
  lab->repeat = [&](lab_worker& self, std::string text) -> task<std::string> {
    static auto clean = [&]() -> task<> {
      co_await sleep_for(1s);
      seen = worker->glance();
    };
    self.begin_task(cleaning, clean());
    co_return text;
  };
  n->ask(lab::repeat{"a"});
  n.advance(1s);
  REQUIRE(seen.doing.size() == 1);
  CHECK(seen.doing[0].what == "cleaning");
}

TEST_CASE_FIXTURE(fixture, "reports name everything that lives on the node") {
  n->spawn<front_asker>("notary", front_asker::lines{[](front_asker&) -> task<> { co_await sleep_for(1h); }});
  n.run();
  std::set<std::string> names;
  for (auto& r : n->reports()) names.insert(std::string(r.name.view()));
  CHECK(names == std::set<std::string>{"front", "lab", "notary", "supervisor"});
}
