// Every request is answered exactly once, whatever is dropped, thrown or killed.
#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;

namespace {

task<std::string> sleep_a_day(lab_worker&, std::string text) {
  co_await sleep_for(24h);
  co_return text;
}

struct fixture {
  fixture() {
    n->provide<lab_worker>({}, lab);
    n->provide<front_worker>({}, front);
    n->start();
  }
  shared_conduct lab = make_conduct();
  shared_conduct front = make_conduct();
  deterministic_node n;
};

/// Serves the lab by hand: drops what says "drop", keeps what says "keep", answers the rest.
class careless_worker : public actor {
public:
  using interface_type = lab::service;
  using needs_list = needs<>;
  careless_worker(const context& ctx, std::vector<duty>& kept) : actor(ctx), kept_(kept) {}

private:
  static void serve(actor& self, duty owed, const envelope&, const request_info& row, void* request) {
    auto& text = static_cast<lab::echo*>(request)->text;
    if (text == "drop") return;
    if (text == "keep") return static_cast<careless_worker&>(self).kept_.push_back(std::move(owed));
    result<std::string> given{text};
    owed.answer(row.answer(&given), self.here());
  }
  std::span<const handler> handlers() const override {
    static const handler table[] = {{&info<lab::service, lab::echo>(), &serve}};
    return table;
  }
  std::vector<duty>& kept_;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "the callers of a worker that is killed while it waits hear that it abandoned them") {
  lab->echo = sleep_a_day;
  auto one = n.start_ask(lab::echo{"1"});
  auto two = n.start_ask(lab::echo{"2"});
  n.run();
  n.kill("lab");
  n.run();
  CHECK(one.error() == "abandoned");
  CHECK(two.message() == "the worker ended, or dropped the request, before answering");
}

TEST_CASE_FIXTURE(fixture, "the callers of a worker that is killed before it reached them hear that it ended") {
  n.kill("lab");
  std::vector<started_ask<std::string>> asks;
  for (int i = 0; i < 5; ++i) asks.push_back(n.start_ask(lab::echo{"x"}));
  auto* worker = dynamic_cast<caf::resumable*>((*n->services().route_of("lab")->current())[0].worker->get());
  n.scheduler().run_jobs_filtered([&](auto* job) { return job != worker; });
  n.run();
  CHECK(lab->seen.empty());
  for (auto& asked : asks) {
    CHECK(asked.error() == "unavailable");
    CHECK(asked.message() == "lab ended before it reached lab.echo");
  }
}

TEST_CASE_FIXTURE(fixture, "a failure two hops away answers every hop") {
  lab->echo = sleep_a_day;
  auto asked = n.start_ask(front::relay{"1"});
  n.run();
  n.kill("lab");
  n.run();
  CHECK(asked.error() == "abandoned");
}

TEST_CASE_FIXTURE(fixture,
                  "a worker in the middle that is killed answers its caller, and the far reply reaches nobody") {
  lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
    co_await sleep_for(1s);
    co_return text;
  };
  auto asked = n.start_ask(front::relay{"1"});
  n.run();
  n.kill("front");
  n.run();
  CHECK(asked.error() == "abandoned");
  n.advance(10s);
  auto after = n.start_ask(front::relay{"2"});
  n.run();
  n.advance(1s);
  CHECK(*after == "2");
}

TEST_CASE_FIXTURE(fixture, "an asker that ends before its answer harms nobody") {
  lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
    co_await sleep_for(1s);
    co_return text;
  };
  n.start_ask(lab::echo{"1"}, "gone");
  n.run();
  n->stop_child("gone/1");
  n.advance(2s);
  auto asked = n.start_ask(lab::echo{"2"});
  n.run();
  n.advance(1s);
  CHECK(*asked == "2");
}

TEST_CASE("a handler that drops its duty abandons the caller") {
  deterministic_node n;
  std::vector<duty> kept;
  n->provide<careless_worker>({}, std::ref(kept));
  n->start();
  auto dropped = n.start_ask(lab::echo{"drop"});
  auto answered = n.start_ask(lab::echo{"answer"});
  n.run();
  CHECK(dropped.error() == "abandoned");
  CHECK(*answered == "answer");
}

TEST_CASE("a duty that is kept can be answered later, from any place, and only once") {
  deterministic_node n;
  std::vector<duty> kept;
  n->provide<careless_worker>({}, std::ref(kept));
  n->start();
  auto asked = n.start_ask(lab::echo{"keep"});
  n.run();
  CHECK_FALSE(asked.ready());
  REQUIRE(kept.size() == 1);
  result<std::string> given{"later"};
  auto& row = info<lab::service, lab::echo>();
  kept[0].answer(row.answer(&given));
  result<std::string> again{"again"};
  kept[0].answer(row.answer(&again));
  CHECK_FALSE(kept[0]);
  n.run();
  CHECK(*asked == "later");
  kept.clear();
  n.run();
  CHECK(*asked == "later");
}

TEST_CASE("a kept duty that is dropped after its worker ended still answers") {
  deterministic_node n;
  std::vector<duty> kept;
  n->provide<careless_worker>({}, std::ref(kept));
  n->start();
  auto asked = n.start_ask(lab::echo{"keep"});
  n.run();
  n.kill("lab");
  n.run();
  CHECK_FALSE(asked.ready());
  kept.clear();
  n.run();
  CHECK(asked.error() == "abandoned");
}

TEST_CASE_FIXTURE(fixture, "a request that the worker does not know is answered so") {
  auto lab_itself = (*n->services().route_of("lab")->current())[0];
  auto front_itself = (*n->services().route_of("front")->current())[0];
  n->services().route_of("front")->remove(front_itself.worker.get());
  n->services().route_of("front")->add(lab_itself);
  auto asked = n.start_ask(front::relay{"a"});
  n.run();
  CHECK(asked.error() == "unknown_request");
  CHECK(asked.message() == "lab does not know this request");
}

TEST_CASE_FIXTURE(fixture, "a request without a reply is answered when it is done") {
  auto asked = n.start_ask(lab::note{"a"});
  n.run();
  CHECK(asked.ready());
  CHECK(asked.get().has_value());
  CHECK(lab->seen == std::vector<std::string>{"lab note a"});
  n->ask(lab::note{"b"});
  CHECK(lab->seen.back() == "lab note b");
}
