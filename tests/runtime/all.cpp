#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using asker = script<lab::service>;

namespace {

/// A node with one lab worker that sleeps as many seconds as the text says, and throws when it says "bad".
struct fixture {
  fixture() {
    conduct->echo = [](lab_worker&, std::string text) -> task<std::string> {
      if (text.starts_with("bad")) throw failure(errc::not_found, text);
      co_await sleep_for(std::chrono::seconds(std::stoi(text)));
      co_return text + "!";
    };
    n->provide<lab_worker>({}, conduct);
    n->start();
  }
  void run(asker::lines lines) {
    n->spawn<asker>("asker", std::move(lines));
    n.run();
  }
  shared_conduct conduct = make_conduct();
  deterministic_node n;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "all starts its asks together and gives the replies in order") {
  std::string got;
  run([&](asker& self) -> task<> {
    auto [a, b, c] = co_await all(self.ask(lab::echo{"3"}), self.ask(lab::echo{"1"}), self.ask(lab::echo{"2"}));
    got = a + b + c;
  });
  n.advance(2s);
  CHECK(got.empty());
  n.advance(1s);
  CHECK(got == "3!1!2!");
}

TEST_CASE_FIXTURE(fixture, "all takes asks, tasks, sleeps and requests without a reply together") {
  bool done = false;
  run([&](asker& self) -> task<> {
    auto own = []() -> task<int> { co_return 7; };
    auto nothing = []() -> task<> { co_return; };
    auto [a, b, c, d, e] =
        co_await all(self.ask(lab::echo{"1"}), own(), sleep_for(5s), nothing(), self.ask(lab::note{"hello"}));
    static_assert(std::is_same_v<decltype(c), std::monostate>);
    done = a == "1!" && b == 7;
    static_cast<void>(d), static_cast<void>(e);
  });
  n.advance(4s);
  CHECK_FALSE(done);
  n.advance(1s);
  CHECK(done);
}

TEST_CASE_FIXTURE(fixture,
                  "when some fail all are awaited, and the first failure in the order of arguments is thrown") {
  std::string caught;
  run([&](asker& self) -> task<> {
    try {
      co_await all(self.ask(lab::echo{"2"}), self.ask(lab::echo{"bad 1"}), self.ask(lab::echo{"bad 2"}));
    } catch (const failure& f) {
      caught = f.message();
    }
  });
  n.advance(1s);
  CHECK(caught.empty());
  n.advance(1s);
  CHECK(caught == "bad 1");
}

TEST_CASE_FIXTURE(fixture, "try_ask inside all gives each its own result") {
  std::vector<bool> good;
  run([&](asker& self) -> task<> {
    auto [a, b] = co_await all(self.try_ask(lab::echo{"0"}), self.try_ask(lab::echo{"bad"}));
    good = {a.has_value(), b.has_value()};
  });
  CHECK(good == std::vector<bool>{true, false});
}

TEST_CASE_FIXTURE(fixture, "all of nothing, and of things that are ready, does not wait") {
  int steps = 0;
  run([&](asker&) -> task<> {
    co_await all();
    ++steps;
    co_await all(sleep_for(0s));
    ++steps;
    co_await all_of(std::vector<task<int>>{});
    ++steps;
  });
  CHECK(steps == 3);
}

TEST_CASE_FIXTURE(fixture, "all_of gives the replies in the order of its vector") {
  std::vector<std::string> got;
  run([&](asker& self) -> task<> {
    std::vector<decltype(self.ask(lab::echo{}))> asks;
    for (auto* text : {"2", "0", "1"}) asks.push_back(self.ask(lab::echo{text}));
    got = co_await all_of(std::move(asks));
  });
  n.advance(2s);
  CHECK(got == std::vector<std::string>{"2!", "0!", "1!"});
}

TEST_CASE_FIXTURE(fixture, "a thousand tasks run at once") {
  std::vector<std::size_t> got;
  run([&](asker& self) -> task<> {
    auto ask_one = [&](std::size_t i) -> task<std::size_t> {
      auto text = co_await self.ask(lab::echo{"1"});
      co_return i + text.size();
    };
    std::vector<task<std::size_t>> tasks;
    for (std::size_t i = 0; i < 1000; ++i) tasks.push_back(ask_one(i));
    got = co_await all_of(std::move(tasks));
  });
  n.advance(1s);
  REQUIRE(got.size() == 1000);
  CHECK(got.front() == 2);
  CHECK(got.back() == 1001);
}

TEST_CASE_FIXTURE(fixture, "alls nest") {
  std::string got;
  run([&](asker& self) -> task<> {
    auto pair = [&](const char* a, const char* b) -> task<std::string> {
      auto [x, y] = co_await all(self.ask(lab::echo{a}), self.ask(lab::echo{b}));
      co_return x + y;
    };
    auto [left, right] = co_await all(pair("1", "2"), pair("2", "1"));
    got = left + right;
  });
  n.advance(2s);
  CHECK(got == "1!2!2!1!");
}

TEST_CASE_FIXTURE(fixture, "an actor that ends while it waits for all frees every strand") {
  auto token = std::make_shared<int>();
  run([&](asker& self) -> task<> {
    auto holding = [&](std::shared_ptr<int>) -> task<std::string> { co_return co_await self.ask(lab::echo{"100"}); };
    co_await all(holding(token), holding(token), sleep_for(1h));
  });
  CHECK(token.use_count() == 3);
  n->stop_child("asker");
  CHECK(token.use_count() == 1);
}
