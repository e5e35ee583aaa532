// Who asks, on whose behalf, and in which trace.
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
  }
  shared_conduct lab = make_conduct();
  shared_conduct front = make_conduct();
  deterministic_node n;
};
} // namespace

TEST_CASE_FIXTURE(fixture, "the trace and the first caller go along, and the sender is whoever asks now") {
  n->start();
  n->spawn<front_asker>("notary",
                        front_asker::lines{[](front_asker& self) -> task<> { co_await self.ask(front::relay{"a"}); }});
  n.run();
  CHECK(front->head->caller == actor_name{"notary"});
  CHECK(front->head->sender == actor_name{"notary"});
  CHECK(lab->head->caller == actor_name{"notary"});
  CHECK(lab->head->sender == actor_name{"front"});
  CHECK(front->head->trace != 0);
  CHECK(lab->head->trace == front->head->trace);
}

TEST_CASE_FIXTURE(fixture, "they still go along after the handler waited, and in what it does together") {
  front->relay = [](front_worker& self, std::string text) -> task<std::string> {
    co_await sleep_for(1s);
    auto [a, b] = co_await all(self.ask(lab::echo{text}), self.ask(lab::repeat{text}));
    co_return a + b;
  };
  n->start();
  n.start_ask(front::relay{"a"}, "notary");
  n.run();
  n.advance(1s);
  REQUIRE(lab->seen.size() == 2);
  CHECK(lab->head->caller == actor_name{"notary/1"});
  CHECK(lab->head->trace == front->head->trace);
}

TEST_CASE_FIXTURE(fixture, "two requests in one worker keep their own envelopes") {
  front->relay = [](front_worker& self, std::string text) -> task<std::string> {
    co_await sleep_for(text == "slow" ? duration{2s} : duration{1s});
    co_return co_await self.ask(lab::echo{text});
  };
  n->start();
  n.start_ask(front::relay{"slow"}, "slow");
  n.start_ask(front::relay{"quick"}, "quick");
  n.run();
  n.advance(1s);
  CHECK(lab->head->caller == actor_name{"quick/2"});
  auto quick = lab->head->trace;
  n.advance(1s);
  CHECK(lab->head->caller == actor_name{"slow/1"});
  CHECK(lab->head->trace != quick);
}

TEST_CASE_FIXTURE(fixture, "what a worker asks while it starts is on its own behalf") {
  front->start = [](actor& self) -> task<> { co_await static_cast<front_worker&>(self).ask(lab::echo{"first"}); };
  n->start();
  CHECK(lab->seen == std::vector<std::string>{"lab echo first"});
  CHECK(lab->head->caller == actor_name{"front"});
  CHECK(lab->head->sender == actor_name{"front"});
}

TEST_CASE_FIXTURE(fixture, "what is begun beside the handlers is on the actor's own behalf") {
  n->start();
  static constexpr std::string_view cleaning = "cleaning";
  n->spawn<asker>("notary", asker::lines{[](asker& self) -> task<> {
                    static auto clean = [](asker& at) -> task<> { co_await at.ask(lab::echo{"clean"}); };
                    self.begin_task(cleaning, clean(self));
                    co_await sleep_for(1s);
                  }});
  n.run();
  CHECK(lab->head->caller == actor_name{"notary"});
}

TEST_CASE_FIXTURE(fixture, "an application asks under the name it gives, and with a trace of its own") {
  n->start();
  n->ask(front::relay{"a"}, {.as = "ann"});
  CHECK(lab->head->caller == actor_name{"ann"});
  CHECK(lab->head->sender == actor_name{"front"});
  auto first = lab->head->trace;
  n->ask(front::relay{"a"});
  CHECK(lab->head->caller == actor_name{"application"});
  CHECK(lab->head->trace != first);
  CHECK(lab->head->trace != 0);
}

TEST_CASE_FIXTURE(fixture, "an application's name that is none is refused") {
  n->start();
  auto got = n->try_ask(lab::echo{"a"}, {.as = "Ann Smith"});
  REQUIRE_FALSE(got);
  CHECK(got.error().code() == errc::bad_request);
  CHECK(got.error().message().find("Ann Smith") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "two plugins have different traces") {
  n->start();
  std::vector<std::uint64_t> traces;
  for (auto* name : {"one", "two"}) {
    n->spawn<asker>(name, asker::lines{[](asker& self) -> task<> { co_await self.ask(lab::echo{"a"}); }});
    n.run();
    traces.push_back(lab->head->trace);
  }
  CHECK(traces[0] != traces[1]);
}
