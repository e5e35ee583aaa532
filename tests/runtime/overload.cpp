#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using asker = script<lab::service>;

namespace {

configuration with_limit(std::int64_t limit) {
  auto settings = deterministic_node::quiet_settings();
  settings.set("node.inbox-limit", std::to_string(limit));
  return settings;
}

struct fixture {
  fixture() {
    n->provide<lab_worker>({}, lab);
    n->start();
  }
  /// How many requests wait at the worker, if there is one.
  std::uint64_t inbox() {
    auto workers = n->services().route_of("lab")->current();
    return workers->empty() ? 0 : actor::behind(workers->front().worker)->glance().inbox;
  }
  /// Asks `count` times at once; the answers by code, as far as they are there.
  std::map<std::string, std::size_t>& flood(std::size_t count) {
    auto& answers = floods.emplace_back();
    n->spawn<asker>("flood-" + std::to_string(floods.size()), asker::lines{[&, count](asker& self) -> task<> {
                      auto one = [&](std::size_t i) -> task<> {
                        auto got = co_await self.try_ask(lab::echo{std::to_string(i)});
                        ++answers[got ? "answered" : std::string(name_of(got.error().code()))];
                        if (!got) message = got.error().message();
                      };
                      std::vector<task<>> tasks;
                      for (std::size_t i = 0; i < count; ++i) tasks.push_back(one(i));
                      co_await all_of(std::move(tasks));
                    }});
    while (n.step()) most_waiting = std::max(most_waiting, inbox());
    return answers;
  }
  std::uint64_t most_waiting = 0;
  std::deque<std::map<std::string, std::size_t>> floods;
  std::string message;
  shared_conduct lab = make_conduct();
  deterministic_node n{0, with_limit(100)};
};

} // namespace

TEST_CASE_FIXTURE(fixture, "of a flood of 100,000 requests no more wait than may, and every one is answered") {
  auto& answers = flood(100'000);
  CHECK(answers["answered"] + answers["overloaded"] == 100'000);
  CHECK(answers["answered"] == 100);
  CHECK(most_waiting == 100);
  CHECK(message == "lab has 100 requests waiting: try again later");
}

TEST_CASE_FIXTURE(fixture, "after a flood a worker serves as before") {
  flood(1000);
  CHECK(flood(50) == std::map<std::string, std::size_t>{{"answered", 50}});
  CHECK(inbox() == 0);
}

TEST_CASE_FIXTURE(fixture, "requests that were begun and wait count as well") {
  lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
    co_await sleep_for(5s);
    co_return text;
  };
  std::vector<started_ask<std::string>> asks;
  for (int i = 0; i < 150; ++i) {
    asks.push_back(n.start_ask(lab::echo{"x"}));
    n.run();
  }
  CHECK(std::ranges::count_if(asks, [](auto& a) { return a.error() == "overloaded"; }) == 50);
  CHECK(asks.back().message() == "lab has 100 requests begun: try again later");
  n.advance(5s);
  CHECK(std::ranges::count_if(asks, [](auto& a) { return a.error() == "answered"; }) == 100);
  CHECK(flood(10)["overloaded"] == 0);
}

TEST_CASE_FIXTURE(fixture, "requests that bounce from a worker that died leave nothing in the count of the next") {
  for (int round = 0; round < 3; ++round) {
    n.kill("lab");
    auto& answers = flood(150);
    for (int i = 0; i < 10; ++i) n.advance(100ms);
    std::size_t answered = 0;
    for (auto& [code, times] : answers) answered += times;
    CHECK(answered == 150);
    CHECK(answers["overloaded"] <= 50);
  }
  CHECK(inbox() == 0);
  CHECK(flood(50)["answered"] == 50);
}
