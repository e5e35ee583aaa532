// Many orders of events over a small system, each decided by a seed that a failure prints.
#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using asker = script<lab::service>;
using front_asker = script<front::service>;

TEST_CASE("every ask is answered once, in every order of asks, deaths, restarts and blocking work") {
  explore(1, 150, [](deterministic_node& n) {
    auto lab = make_conduct();
    lab->echo = lab->repeat = [](lab_worker&, std::string text) -> task<std::string> {
      if (text.size() % 3 == 1) co_await offload([](std::stop_token) {});
      if (text.size() % 3 == 2) co_await sleep_for(20ms);
      co_return text;
    };
    n->provide<lab_worker>({.workers = 2}, lab);
    n->provide<front_worker>({}, make_conduct());
    n->start();
    int asked = 0, answered = 0, good = 0;
    for (int p = 0; p < 4; ++p)
      n->spawn<script<lab::service, front::service>>(
          "asker-" + std::to_string(p), script<lab::service, front::service>::lines{[&](auto& self) -> task<> {
            for (int i = 0; i < 10; ++i) {
              std::string text(static_cast<std::size_t>(i), 'x');
              ++asked;
              auto got = i % 3 == 0   ? co_await self.try_ask(lab::repeat{text})
                         : i % 3 == 1 ? co_await self.try_ask(lab::echo{text})
                                      : co_await self.try_ask(front::relay{text});
              ++answered;
              if (got) {
                ++good;
                CHECK(*got == text);
              } else CHECK((got.error().code() == errc::abandoned || got.error().code() == errc::unavailable));
              co_await sleep_for(5ms);
            }
          }});
    for (int i = 0; i < 60; ++i) {
      for (int steps = 0; steps < 15 && n.step(); ++steps) {
      }
      if (i % 10 == 3 && n->services().route_of("lab")->current()->size() == 2) n.kill("lab#1");
      if (i % 10 == 8 && n->services().route_of("lab")->current()->size() == 2) n.kill("lab#2");
      n.scheduler().advance_time(10ms);
    }
    for (int i = 0; i < 100; ++i) n.advance(100ms);
    CHECK(asked == 40);
    CHECK(answered == 40);
    CHECK(good > 10);
    for (auto& s : n->status())
      if (!s.interface.empty()) CHECK(s.state == child_state::running);
  });
}

TEST_CASE("a service that comes and goes answers all who wait for it, in every order of events") {
  explore(1, 150, [](deterministic_node& n) {
    auto lab = make_conduct();
    n->learn<lab::service>();
    n->start();
    n->provide<lab_worker>({}, lab);
    std::vector<started_ask<std::string>> asks;
    for (int i = 0; i < 12; ++i) {
      asks.push_back(n.start_ask(lab::repeat{std::to_string(i)}, "test", 1h));
      for (int steps = 0; steps < i && n.step(); ++steps) {
      }
      if (i % 4 == 3 && !n->services().route_of("lab")->current()->empty()) n.kill("lab");
      n.scheduler().advance_time(60ms);
    }
    for (int i = 0; i < 100; ++i) n.advance(100ms);
    for (auto& asked : asks) {
      CAPTURE(asked.message());
      CHECK(asked.error() == "answered");
    }
  });
}

TEST_CASE("streams are whole or fail, in every order of reading, dropping and deaths") {
  explore(1, 150, [](deterministic_node& n) {
    auto lab = make_conduct();
    auto token = std::make_shared<int>();
    lab->count = [&](lab_worker&, std::uint64_t to) -> source<std::uint64_t> {
      auto kept = token;
      for (std::uint64_t i = 1; i <= to; ++i) {
        if (i % 5 == 0) co_await offload([](std::stop_token) {});
        if (i % 7 == 0) co_await sleep_for(1ms);
        co_yield i;
      }
    };
    n->provide<lab_worker>({}, lab);
    n->start();
    int ended = 0;
    for (std::uint64_t p = 0; p < 5; ++p)
      n->spawn<asker>("reader-" + std::to_string(p), asker::lines{[&, p](asker& self) -> task<> {
                        std::uint64_t last = 0;
                        try {
                          auto numbers = co_await self.ask(lab::count{40});
                          while (auto number = co_await numbers.next()) {
                            CHECK(*number == last + 1);
                            last = *number;
                            if (last == 10 * p) break; // 0 reads all
                          }
                          CHECK(last == (p == 0 ? 40 : 10 * p));
                        } catch (const failure&) {
                          CHECK(last <= 40); // the end is a message, too
                        }
                        ++ended;
                      }});
    for (int i = 0; i < 20; ++i) {
      for (int steps = 0; steps < 10 && n.step(); ++steps) {
      }
      n.scheduler().advance_time(1ms);
    }
    if (!n->services().route_of("lab")->current()->empty()) n.kill("lab");
    for (int i = 0; i < 100; ++i) n.advance(10ms);
    CHECK(ended == 5);
    CHECK(token.use_count() == 1);
  });
}

TEST_CASE("a node stops cleanly from any moment of its work") {
  explore(1, 150, [](deterministic_node& n) {
    auto lab = make_conduct();
    lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
      co_await offload([](std::stop_token) {});
      co_await sleep_for(1ms);
      co_return text;
    };
    n->provide<lab_worker>({.workers = 2}, lab);
    n->provide<front_worker>({}, make_conduct());
    n->start();
    for (int p = 0; p < 3; ++p)
      n->spawn<front_asker>("asker-" + std::to_string(p), front_asker::lines{[](front_asker& self) -> task<> {
                              while (true) co_await self.ask(front::relay{"x"});
                            }});
    auto moments = n.now().time_since_epoch().count();
    for (int i = 0; i < 50; ++i) {
      n.step();
      if (i % 10 == moments % 10) n.scheduler().advance_time(1ms);
    }
    n.patience = 1min;
    auto report = n->stop();
    CHECK(report.clean);
    CHECK(report.stragglers.empty());
  });
}

TEST_CASE("the same seed gives the same order of events, and others give others") {
  auto order_of = [](std::uint64_t seed) {
    std::vector<std::string> order;
    deterministic_node n{seed};
    auto lab = make_conduct();
    n->provide<lab_worker>({.workers = 2}, lab);
    n->start();
    for (int i = 0; i < 20; ++i) n.start_ask(lab::echo{std::to_string(i)});
    n.run();
    return lab->seen;
  };
  CHECK(order_of(5) == order_of(5));
  std::set<std::vector<std::string>> orders;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) orders.insert(order_of(seed));
  CHECK(orders.size() == 10);
}
