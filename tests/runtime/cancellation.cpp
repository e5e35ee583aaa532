// What a handler, and a function that it offloads, learn when nobody can use their outcome any more.
#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using asker = script<lab::service>;

namespace {

struct fixture {
  fixture() {
    lab->echo = [this](lab_worker&, std::string text) -> task<std::string> {
      stop = co_await own_stop_token{};
      if (text == "offload") co_await offload([&](std::stop_token given) { was_told = given.stop_requested(); });
      else co_await sleep_for(10min);
      co_return text;
    };
    lab->count = [this](lab_worker&, std::uint64_t to) -> source<std::uint64_t> {
      stop = co_await own_stop_token{};
      for (std::uint64_t i = 1; i <= to; ++i) co_yield i;
      co_await sleep_for(10min);
    };
    n->provide<lab_worker>({}, lab);
    n->start();
    n.run();
  }
  void run(asker::lines lines, std::string_view name = "asker") {
    n->spawn<asker>(name, std::move(lines));
    n.run();
  }
  asker::lines ask_for(std::string text) {
    return [text = std::move(text)](asker& self) -> task<> {
      (void)co_await self.try_ask(lab::echo{text}, 1h);
      co_await sleep_for(1h);
    };
  }

  std::stop_token stop;
  std::optional<bool> was_told;
  shared_conduct lab = make_conduct();
  deterministic_node n;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a request is stopped when its time is over, and not before") {
  auto asked = n.start_ask(lab::echo{"a"}, "test", 5s);
  n.run();
  REQUIRE(stop.stop_possible());
  n.advance(4999ms);
  CHECK_FALSE(stop.stop_requested());
  n.advance(1ms);
  CHECK(stop.stop_requested());
  CHECK(asked.error() == "expired");
}

TEST_CASE_FIXTURE(fixture, "a request is stopped when who asked has ended, and those of others are not") {
  run(ask_for("first"), "first");
  auto first = stop;
  run(ask_for("second"), "second");
  auto second = stop;
  n->stop_child("first");
  n.run();
  CHECK(first.stop_requested());
  CHECK_FALSE(second.stop_requested());
}

TEST_CASE_FIXTURE(fixture, "a request that is answered is not stopped afterwards") {
  run(ask_for("a"));
  n.advance(10min);
  n->stop_child("asker");
  n.advance(2h);
  CHECK_FALSE(stop.stop_requested());
}

TEST_CASE_FIXTURE(fixture, "one asker may have many requests stopped, and some answered") {
  run([&](asker& self) -> task<> {
    auto one = [&](std::string text) -> task<> { (void)co_await self.try_ask(lab::echo{std::move(text)}, 1h); };
    co_await all(one("offload"), one("b"), one("c"));
  });
  CHECK(was_told == false);
  CHECK_FALSE(stop.stop_requested());
  n->stop_child("asker");
  n.run();
  CHECK(stop.stop_requested());
}

TEST_CASE_FIXTURE(fixture, "offloaded work is told when the time is over") {
  n.pool().held = true;
  auto asked = n.start_ask(lab::echo{"offload"}, "test", 5s);
  n.run();
  n.advance(6s);
  n.pool().held = false;
  n.run();
  CHECK(was_told == true);
  CHECK(asked.error() == "expired");
}

TEST_CASE_FIXTURE(fixture, "offloaded work is told when its actor has ended") {
  n.pool().held = true;
  auto asked = n.start_ask(lab::echo{"offload"});
  n.run();
  n.kill("lab");
  n.run();
  CHECK(stop.stop_requested());
  n.pool().held = false;
  n.run();
  CHECK(was_told == true);
  CHECK(asked.error() == "abandoned");
}

TEST_CASE_FIXTURE(fixture, "a stream is stopped when its reader lets go of it") {
  run([&](asker& self) -> task<> {
    {
      auto numbers = co_await self.ask(lab::count{1});
      co_await numbers.next();
      CHECK_FALSE(stop.stop_requested());
    }
    co_await sleep_for(1h);
  });
  CHECK(stop.stop_requested());
}

TEST_CASE_FIXTURE(fixture, "a stream is stopped when its reader ends, and lives longer than the ask that opened it") {
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(lab::count{1}, 1s);
    co_await numbers.next();
    co_await sleep_for(1h);
  });
  n.advance(30s);
  CHECK_FALSE(stop.stop_requested());
  n->stop_child("asker");
  n.run();
  CHECK(stop.stop_requested());
}
