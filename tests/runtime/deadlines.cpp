#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using asker = script<lab::service>;
using front_asker = script<front::service>;

namespace {

struct fixture {
  fixture() {
    n->provide<lab_worker>({}, lab);
    n->provide<front_worker>({}, front);
    n->start();
  }
  /// How much time the last request at a worker had left when it got there.
  static duration given(const shared_conduct& at, instant then) { return at->head->deadline - then; }

  shared_conduct lab = make_conduct();
  shared_conduct front = make_conduct();
  deterministic_node n;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "an ask that names and inherits no deadline has the node's") {
  auto asked = n.start_ask(lab::echo{"a"});
  n.run();
  CHECK(*asked == "a");
  CHECK(given(lab, n.now()) == 30s);
}

TEST_CASE("the node's deadline for asks is node.ask-timeout") {
  auto settings = deterministic_node::quiet_settings();
  settings.set("node.ask-timeout", "7s");
  deterministic_node n{0, settings};
  auto conduct = make_conduct();
  n->provide<lab_worker>({}, conduct);
  n->start();
  n.start_ask(lab::echo{"a"});
  n.run();
  CHECK(conduct->head->deadline - n.now() == 7s);
  n->ask(lab::echo{"b"});
  CHECK(conduct->head->deadline - n.now() == 7s);
}

TEST_CASE_FIXTURE(fixture, "ten seconds at the caller are exactly ten seconds two hops on") {
  n.start_ask(front::relay{"a"}, "test", 10s);
  n.run();
  CHECK(given(front, n.now()) == 10s);
  CHECK(given(lab, n.now()) == 10s);
}

TEST_CASE_FIXTURE(fixture, "after four seconds of work six of ten are left for the next hop") {
  front->relay = [](front_worker& self, std::string text) -> task<std::string> {
    co_await sleep_for(4s);
    co_return co_await self.ask(lab::echo{text});
  };
  auto asked = n.start_ask(front::relay{"a"}, "test", 10s);
  n.run();
  n.advance(4s);
  CHECK(given(lab, n.now()) == 6s);
  CHECK(*asked == "a");
}

TEST_CASE_FIXTURE(fixture, "a limit counts when it is sooner than what is inherited, and only then") {
  front->relay = [](front_worker& self, std::string text) -> task<std::string> {
    co_return co_await self.ask(lab::echo{text}, text == "short" ? duration{2s} : duration{1h});
  };
  n.start_ask(front::relay{"short"}, "test", 10s);
  n.run();
  CHECK(given(lab, n.now()) == 2s);
  n.start_ask(front::relay{"long"}, "test", 10s);
  n.run();
  CHECK(given(lab, n.now()) == 10s);
}

TEST_CASE_FIXTURE(fixture, "an application's limit may be longer than the node's") {
  n.start_ask(lab::echo{"a"}, "test", 1h);
  n.run();
  CHECK(given(lab, n.now()) == 1h);
}

TEST_CASE_FIXTURE(fixture, "an ask expires at its moment, not before") {
  lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
    co_await sleep_for(1h);
    co_return text;
  };
  auto asked = n.start_ask(lab::echo{"a"}, "test", 5s);
  n.run();
  n.advance(4999ms);
  CHECK_FALSE(asked.ready());
  n.advance(1ms);
  CHECK(asked.error() == "expired");
}

TEST_CASE_FIXTURE(fixture, "an expired ask names who waited for whom, in which handler and for how long") {
  lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
    co_await sleep_for(1h);
    co_return text;
  };
  auto asked = n.start_ask(front::relay{"a"}, "test", 5s);
  n.run();
  n.advance(5s);
  CHECK(asked.message().find("5000 ms") != std::string::npos);
  CHECK(n.logged("front waited 5000 ms in front.relay for lab.echo at lab"));
  CHECK(n.logged("test/1 waited 5000 ms in run for front.relay at front"));
}

TEST_CASE_FIXTURE(fixture, "a request whose time is over when its worker reaches it is not started") {
  auto asked = n.start_ask(lab::echo{"a"}, "test", 5s);
  while (n.scheduler().jobs.size() != 1
         || &n.scheduler().next_job<actor>() != actor::behind((*n->services().route_of("lab")->current())[0].worker))
    REQUIRE(n.step());
  n.scheduler().clock().current_time += 5s; // no timer rings
  n.run();
  CHECK(lab->seen.empty());
  CHECK(asked.message() == "lab.echo was not started: its time was over when lab reached it");
  CHECK(asked.error() == "expired");
}

TEST_CASE_FIXTURE(fixture, "an ask without any time left is not sent") {
  auto none = n.start_ask(lab::echo{"a"}, "test", 0s);
  auto past = n.start_ask(lab::echo{"b"}, "test", -1s);
  n.run();
  CHECK(none.error() == "expired");
  CHECK(past.message() == "lab.echo was not sent: no time is left");
  CHECK(lab->seen.empty());
}

TEST_CASE_FIXTURE(fixture, "what a handler does after its deadline cannot ask any more") {
  std::string inner;
  front->relay = [&](front_worker& self, std::string text) -> task<std::string> {
    co_await sleep_for(6s);
    auto got = co_await self.try_ask(lab::echo{text});
    inner = got ? *got : to_string(got.error());
    co_return inner;
  };
  auto asked = n.start_ask(front::relay{"a"}, "test", 5s);
  n.run();
  n.advance(6s);
  CHECK(asked.error() == "expired");
  CHECK(inner == "expired: lab.echo was not sent: no time is left");
}

TEST_CASE_FIXTURE(fixture, "an answer that comes after its deadline reaches nobody") {
  lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
    co_await sleep_for(text == "late" ? duration{10s} : duration{0s});
    co_return text;
  };
  std::vector<std::string> got;
  n->spawn<asker>("asker", asker::lines{[&](asker& self) -> task<> {
                    auto late = co_await self.try_ask(lab::echo{"late"}, 1s);
                    got.push_back(late ? *late : std::string(name_of(late.error().code())));
                    for (int i = 0; i < 20; ++i) {
                      got.push_back(co_await self.ask(lab::echo{std::to_string(i)}));
                      co_await sleep_for(1s);
                    }
                  }});
  n.run();
  for (int i = 0; i < 30; ++i) n.advance(1s);
  REQUIRE(got.size() == 21);
  CHECK(got[0] == "expired");
  for (int i = 0; i < 20; ++i) CHECK(got[static_cast<std::size_t>(i) + 1] == std::to_string(i));
}

TEST_CASE_FIXTURE(fixture, "a plugin's run has no deadline of its own") {
  int rounds = 0;
  n->spawn<asker>("asker", asker::lines{[&](asker& self) -> task<> {
                    for (; rounds < 100; ++rounds) {
                      co_await self.ask(lab::echo{"x"});
                      CHECK(given(lab, self.now()) == 30s);
                      co_await sleep_for(1min);
                    }
                  }});
  n.run();
  for (int i = 0; i < 100; ++i) n.advance(1min);
  CHECK(rounds == 100);
}

TEST_CASE_FIXTURE(fixture, "many asks of one actor with different limits each expire at their own moment") {
  lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
    co_await sleep_for(1h);
    co_return text;
  };
  std::vector<started_ask<std::string>> asks;
  std::map<int, instant> ended;
  n->spawn<asker>("asker", asker::lines{[&](asker& self) -> task<> {
                    auto one = [&](int i) -> task<> {
                      auto got = co_await self.try_ask(lab::echo{"x"}, std::chrono::seconds(i));
                      CHECK_FALSE(got.has_value());
                      ended[i] = self.now();
                    };
                    std::vector<task<>> tasks;
                    for (int i = 300; i > 0; --i) tasks.push_back(one(i));
                    co_await all_of(std::move(tasks));
                  }});
  n.run();
  auto begin = n.now();
  for (int i = 0; i < 300; ++i) n.advance(1s);
  REQUIRE(ended.size() == 300);
  for (auto& [i, moment] : ended) CHECK(moment == begin + std::chrono::seconds(i));
}
