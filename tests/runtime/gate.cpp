#include "runtime/gate.hpp"

#include "tests/support/deterministic_node.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using plain = script<>;

TEST_CASE("all who wait at a gate go on in the order in which they came, and later ones do not wait") {
  deterministic_node n;
  n->start();
  std::vector<int> order;
  gate g;
  n->spawn<plain>("script", plain::lines{[&](plain& self) -> task<> {
                    static constexpr std::string_view waiting = "waiting";
                    auto wait = [&](int i) -> task<> {
                      co_await g.opened();
                      order.push_back(i);
                    };
                    for (int i = 1; i <= 3; ++i) self.begin_task(waiting, wait(i));
                    co_await sleep_for(1s);
                    g.open();
                    co_await wait(4);
                    g.open();
                    co_await wait(5);
                  }});
  n.run();
  CHECK(order.empty());
  n.advance(1s);
  CHECK(order == std::vector<int>{1, 2, 3, 4, 5});
}

TEST_CASE("a coroutine that is resumed by a gate may wait at others and end its actor's task") {
  deterministic_node n;
  n->start();
  gate first, second;
  bool done = false;
  n->spawn<plain>("script", plain::lines{[&](plain& self) -> task<> {
                    static constexpr std::string_view waiting = "waiting";
                    auto chain = [&]() -> task<> {
                      co_await first.opened();
                      second.open();
                    };
                    auto last = [&]() -> task<> {
                      co_await second.opened();
                      done = true;
                    };
                    self.begin_task(waiting, chain());
                    self.begin_task(waiting, last());
                    first.open();
                    co_return;
                  }});
  n.run();
  CHECK(done);
}

TEST_CASE("an actor may end while its coroutines wait at a gate") {
  deterministic_node n;
  n->start();
  auto token = std::make_shared<int>();
  {
    gate g;
    n->spawn<plain>("script", plain::lines{[&](plain&) -> task<> {
                      auto kept = token;
                      co_await g.opened();
                    }});
    n.run();
    CHECK(token.use_count() == 2);
    n->stop_child("script");
    n.run();
    CHECK(token.use_count() == 1);
  }
}
