#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;

namespace {
struct fixture {
  fixture() {
    lab->construct = [this](const actor&) { ++constructed; };
    lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
      if (text == "failure") throw failure(errc::conflict, "revision 7");
      if (text == "defect") throw std::runtime_error("the wheel broke");
      if (text == "number") throw 42;
      if (text == "broken") throw worker_failure(errc::damaged, "the index is gone");
      if (text == "late") {
        co_await sleep_for(1s);
        throw failure(errc::not_found, "late");
      }
      co_return text;
    };
    n->provide<lab_worker>({}, lab);
    n->start();
  }
  result<std::string> ask(std::string text) {
    auto asked = n.start_ask(lab::echo{std::move(text)});
    n.run();
    n.advance(2s);
    return asked.get();
  }
  int constructed = 0;
  shared_conduct lab = make_conduct();
  deterministic_node n;
};
} // namespace

TEST_CASE_FIXTURE(fixture, "what a handler throws is the caller's failure, and the worker lives on") {
  CHECK(ask("failure").error() == failure{errc::conflict, "revision 7"});
  CHECK(ask("defect").error() == failure{errc::internal, "the wheel broke"});
  CHECK(ask("number").error() == failure{errc::internal, "an exception that is no std::exception"});
  CHECK(ask("late").error() == failure{errc::not_found, "late"});
  CHECK(*ask("hello") == "hello");
  CHECK(constructed == 1);
}

TEST_CASE_FIXTURE(fixture, "what a handler that is no coroutine throws is the caller's failure too") {
  lab->note = [](std::string text) { throw failure(errc::too_large, text); };
  auto asked = n.start_ask(lab::note{"2 MiB"});
  n.run();
  CHECK(asked.get().error() == failure{errc::too_large, "2 MiB"});
  lab->note = nullptr;
  CHECK_NOTHROW(n->ask(lab::note{"small"}));
  CHECK(constructed == 1);
}

TEST_CASE_FIXTURE(fixture, "a worker_failure answers the caller and restarts the worker") {
  CHECK(ask("broken").error() == failure{errc::damaged, "the index is gone"});
  CHECK(constructed == 2);
  CHECK(*ask("hello") == "hello");
}

TEST_CASE_FIXTURE(fixture, "a worker_failure from a handler that is no coroutine restarts the worker as well") {
  lab->note = [](std::string) { throw worker_failure(errc::damaged, "gone"); };
  auto asked = n.start_ask(lab::note{"a"});
  n.run();
  CHECK(asked.get().error() == failure{errc::damaged, "gone"});
  n.advance(1s);
  CHECK(constructed == 2);
}

TEST_CASE_FIXTURE(fixture, "a worker_failure from a stream restarts the worker as well") {
  lab->count = [](lab_worker&, std::uint64_t) -> source<std::uint64_t> {
    co_yield 1;
    throw worker_failure(errc::damaged, "the index is gone");
  };
  std::string caught;
  using asker = script<lab::service>;
  n->spawn<asker>("asker", asker::lines{[&](asker& self) -> task<> {
                    auto numbers = co_await self.ask(lab::count{3});
                    try {
                      while (co_await numbers.next()) {
                      }
                    } catch (const failure& f) {
                      caught = f.message();
                    }
                  }});
  n.run();
  CHECK(caught == "the index is gone");
  n.advance(1s);
  CHECK(constructed == 2);
}

TEST_CASE_FIXTURE(fixture, "a worker_failure from a task beside the handlers restarts the worker as well") {
  static constexpr std::string_view cleaning = "cleaning";
  lab->repeat = [](lab_worker& self, std::string text) -> task<std::string> {
    static auto clean = []() -> task<> {
      co_await sleep_for(1s);
      throw worker_failure(errc::damaged, "dust");
    };
    self.begin_task(cleaning, clean());
    co_return text;
  };
  n->ask(lab::repeat{"a"});
  n.advance(1s);
  n.advance(1s);
  CHECK(constructed == 2);
  CHECK(n.logged("cleaning failed"));
}

TEST_CASE_FIXTURE(fixture, "other requests of a worker that breaks are abandoned") {
  auto late = n.start_ask(lab::echo{"late"});
  auto broken = n.start_ask(lab::echo{"broken"});
  n.run();
  CHECK(broken.error() == "damaged");
  CHECK(late.error() == "abandoned");
}

TEST_CASE_FIXTURE(fixture, "a defect is logged as an error with its trace, what contracts name only for debugging") {
  CHECK_FALSE(ask("defect"));
  CHECK_FALSE(ask("failure"));
  auto line_with = [&](std::string_view part) {
    for (auto& line : n.log_lines)
      if (line.find(part) != line.npos) return line;
    return std::string();
  };
  CHECK(line_with("the wheel broke").find(" error ") != std::string::npos);
  CHECK(line_with("the wheel broke").find("lab.echo failed") != std::string::npos);
  CHECK(line_with("revision 7").find(" debug ") != std::string::npos);
  CHECK(line_with("the wheel broke").find("0000000000000000") == std::string::npos);
}
