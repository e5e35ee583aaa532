#include "tests/support/deterministic_node.hpp"

#include <doctest/doctest.h>

#include <memory>

using namespace std::chrono_literals;
using namespace pillar;
using pillar::testing::deterministic_node;
using pillar::testing::script;

namespace {

task<int> answer() {
  co_return 42;
}
task<int> doubled(task<int> inner) {
  co_return 2 * co_await std::move(inner);
}
task<std::unique_ptr<std::string>> owned() {
  co_return std::make_unique<std::string>("moved");
}
task<> thrower(std::string text) {
  throw std::runtime_error(text);
  co_return;
}
task<int> deep(int levels) {
  if (levels == 0) co_return 0;
  co_return 1 + co_await deep(levels - 1);
}
task<result<int>> failing_result() {
  co_return failure{errc::not_found, "no such number"};
}

/// Counts its living copies.
struct counted {
  explicit counted(int& number) : living(&number) { ++*living; }
  counted(const counted& other) : living(other.living) { ++*living; }
  counted& operator=(const counted&) = delete;
  ~counted() { --*living; }
  int* living;
};

task<> hold(counted, duration time) {
  co_await sleep_for(time);
}

/// Runs the lines as a plugin until nothing happens without time.
void run(const script<>::lines& lines) {
  deterministic_node n;
  n->start();
  n->spawn<script<>>("script", lines);
  n.run();
}

} // namespace

TEST_CASE("a task gives its value") {
  int got = 0;
  run([&](auto&) -> task<> { got = co_await answer(); });
  CHECK(got == 42);
}

TEST_CASE("a task gives a value that can only be moved") {
  std::string got;
  run([&](auto&) -> task<> { got = *co_await owned(); });
  CHECK(got == "moved");
}

TEST_CASE("a task may be a result, which is a value and throws nothing") {
  errc code{};
  run([&](auto&) -> task<> {
    auto failed = co_await failing_result();
    code = failed.error().code();
  });
  CHECK(code == errc::not_found);
}

TEST_CASE("an exception passes through nested tasks to who awaits them") {
  std::string caught;
  run([&](auto&) -> task<> {
    try {
      co_await thrower("from the depth");
    } catch (const std::runtime_error& e) {
      caught = e.what();
    }
  });
  CHECK(caught == "from the depth");
}

TEST_CASE("tasks nest, and one can be moved into another") {
  int got = 0;
  run([&](auto&) -> task<> {
    auto first = answer();
    auto second = doubled(std::move(first));
    auto third = std::move(second);
    got = co_await doubled(std::move(third));
  });
  CHECK(got == 168);
}

TEST_CASE("a task starts when it is awaited, not before") {
  std::vector<int> order;
  run([&](auto&) -> task<> {
    auto step = [&](int i) -> task<> {
      order.push_back(i);
      co_return;
    };
    auto one = step(1);
    auto two = step(2);
    order.push_back(0);
    co_await std::move(two);
    co_await std::move(one);
  });
  CHECK(order == std::vector<int>{0, 2, 1});
}

TEST_CASE("a task that is never awaited frees what it holds") {
  int living = 0;
  run([&](auto&) -> task<> {
    {
      auto unused = hold(counted{living}, 1s);
      CHECK(living == 1);
    }
    CHECK(living == 0);
    co_return;
  });
}

TEST_CASE("a loop of a hundred thousand tasks takes no stack") {
  int sum = 0;
  run([&](auto&) -> task<> {
    for (int i = 0; i < 100'000; ++i) sum += co_await answer();
  });
  CHECK(sum == 4'200'000);
}

TEST_CASE("tasks may be nested ten thousand deep") {
  int levels = 0;
  run([&](auto&) -> task<> { levels = co_await deep(10'000); });
  CHECK(levels == 10'000);
}

TEST_CASE("the frames of an actor that ends are destroyed while they wait") {
  int living = 0;
  {
    deterministic_node n;
    n->start();
    n->spawn<script<>>("script", script<>::lines{[&](auto&) -> task<> { co_await hold(counted{living}, 1h); }});
    n.run();
    CHECK(living > 0);
    n->stop_child("script");
    CHECK(living == 0);
  }
  CHECK(living == 0);
}

TEST_CASE("a task sleeps in the actor's time") {
  deterministic_node n;
  n->start();
  std::vector<std::string> order;
  n->spawn<script<>>("late", script<>::lines{[&](auto&) -> task<> {
                       co_await sleep_for(2s);
                       order.push_back("late");
                     }});
  n->spawn<script<>>("soon", script<>::lines{[&](auto&) -> task<> {
                       co_await sleep_for(1s);
                       order.push_back("soon");
                       co_await sleep_for(0s);
                       co_await sleep_for(-1s);
                       order.push_back("at once");
                     }});
  n.run();
  CHECK(order.empty());
  n.advance(999ms);
  CHECK(order.empty());
  n.advance(1ms);
  CHECK(order == std::vector<std::string>{"soon", "at once"});
  n.advance(1s);
  CHECK(order.back() == "late");
}

TEST_CASE("sleeps of one actor that end together end in the order of their moments") {
  deterministic_node n;
  n->start();
  std::vector<int> order;
  n->spawn<script<>>("script", script<>::lines{[&](auto&) -> task<> {
                       auto nap = [&](int i) -> task<> {
                         co_await sleep_for(std::chrono::seconds(i));
                         order.push_back(i);
                       };
                       co_await all(nap(3), nap(1), nap(2));
                     }});
  n.run();
  n.advance(1h);
  CHECK(order == std::vector<int>{1, 2, 3});
}
