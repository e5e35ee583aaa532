#include "tests/runtime/lab.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;

namespace {

/// Runs until it is stopped, and says good-bye through the front.
struct resident : plugin<resident, needs<front::service>> {
  resident(const context& ctx, std::vector<std::string>& order) : plugin(ctx), order_(order) {}
  task<> run() {
    while (true) co_await sleep_for(1s);
  }
  task<> stop() override {
    auto reply = co_await ask(front::relay{"good-bye"});
    order_.push_back("notary stops, " + reply);
  }
  std::vector<std::string>& order_;
};

struct fixture {
  fixture() {
    lab->stop = front->stop = [this](actor& self) -> task<> {
      order.push_back(std::string(self.own_name().view()) + " stops");
      co_return;
    };
    n->provide<lab_worker>({}, lab);
    n->provide<front_worker>({}, front);
    n.patience = 1min;
  }
  /// Asks as a plain CAF actor, which stopping does not touch.
  std::shared_ptr<std::string> request(caf::strong_actor_ptr to, std::string text, bool relay = false) {
    auto outcome = std::make_shared<std::string>("no answer");
    n->system().spawn([=](caf::event_based_actor* self) {
      auto got = [=](const std::string& reply) { *outcome = reply; };
      auto failed = [=](const caf::error& e) { *outcome = to_string(from_caf_error(e)); };
      auto worker = caf::actor_cast<caf::actor>(to);
      if (relay) self->request(worker, caf::infinite, envelope{}, front::relay{text}).then(got, failed);
      else self->request(worker, caf::infinite, envelope{}, lab::echo{text}).then(got, failed);
    });
    n.run();
    return outcome;
  }
  caf::strong_actor_ptr worker(std::string_view interface) {
    return n->services().route_of(interface)->current()->front().worker;
  }
  std::vector<std::string> order;
  shared_conduct lab = make_conduct();
  shared_conduct front = make_conduct();
  deterministic_node n;
};

task<std::string> sleep_a_second(lab_worker&, std::string text) {
  co_await sleep_for(1s);
  co_return text;
}

} // namespace

TEST_CASE_FIXTURE(fixture,
                  "plugins stop first, then workers in the reverse order of needs, each while it can still ask") {
  n->spawn<resident>("notary", std::ref(order));
  n->start();
  n.run();
  auto report = n->stop();
  CHECK(report.clean);
  CHECK(report.stragglers.empty());
  CHECK(order == std::vector<std::string>{"notary stops, good-bye", "front stops", "lab stops"});
  CHECK_FALSE(n->started());
}

TEST_CASE_FIXTURE(fixture, "the order of the stop holds in every order of events") {
  explore(1, 50, [](deterministic_node& e) {
    std::vector<std::string> order;
    auto conduct = make_conduct();
    conduct->stop = [&](actor& self) -> task<> {
      order.push_back(std::string(self.own_name().view()));
      co_return;
    };
    e->provide<front_worker>({}, conduct);
    e->provide<lab_worker>({}, conduct);
    e->spawn<resident>("notary", std::ref(order));
    e->start();
    e.patience = 1min;
    CHECK(e->stop().clean);
    CHECK(order == std::vector<std::string>{"notary stops, good-bye", "front", "lab"});
  });
}

TEST_CASE_FIXTURE(fixture, "requests that were begun are finished before their worker stops") {
  lab->echo = sleep_a_second;
  n->start();
  auto direct = request(worker("lab"), "direct");
  auto relayed = request(worker("front"), "relayed", true);
  CHECK(n->stop().clean);
  CHECK(*direct == "direct");
  CHECK(*relayed == "relayed");
  CHECK(order == std::vector<std::string>{"front stops", "lab stops"});
}

TEST_CASE_FIXTURE(fixture, "a request that comes to a worker that stops is refused") {
  lab->echo = sleep_a_second;
  n->start();
  auto to = worker("lab");
  auto begun = request(to, "begun");
  auto late = std::make_shared<std::string>();
  n->system().spawn([&, to](caf::event_based_actor* self) {
    self->delayed_send(self, 500ms, 1);
    self->become([&, to, self, late](int) {
      self->request(caf::actor_cast<caf::actor>(to), caf::infinite, envelope{}, lab::echo{"late"})
          .then([=](const std::string& reply) { *late = reply; },
                [=](const caf::error& e) { *late = to_string(from_caf_error(e)); });
      self->unbecome();
    });
  });
  n.run();
  CHECK(n->stop().clean);
  CHECK(*begun == "begun");
  CHECK(*late == "unavailable: lab is stopping");
}

TEST_CASE_FIXTURE(fixture, "what does not stop in time is killed and named, with what it was doing") {
  lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
    co_await sleep_for(1h);
    co_return text;
  };
  n->start();
  auto relayed = request(worker("front"), "relayed", true);
  auto report = n->stop();
  CHECK(report.clean);
  REQUIRE(report.stragglers.size() == 2);
  CHECK(report.stragglers[0].name == actor_name{"front"});
  CHECK(report.stragglers[0].doing == "front: front.relay for 5.0 s, waiting for lab.echo at lab");
  CHECK(report.stragglers[0].ended);
  CHECK(report.stragglers[1].doing.starts_with("lab: lab.echo for "));
  CHECK(*relayed == "abandoned: the worker ended, or dropped the request, before answering");
  CHECK(n.logged("was killed: it did not stop in time"));
  CHECK(order.empty());
}

TEST_CASE_FIXTURE(fixture, "the time of each phase is node.stop-timeout") {
  auto c = deterministic_node::quiet_settings();
  c.set("node.stop-timeout", "2s");
  deterministic_node e{0, c};
  auto conduct = make_conduct();
  conduct->stop = [](actor&) -> task<> { co_await sleep_for(1h); };
  e->provide<lab_worker>({}, conduct);
  e->start();
  e.patience = 1min;
  auto report = e->stop();
  REQUIRE(report.stragglers.size() == 1);
  CHECK(report.stragglers[0].doing == "lab: stop for 2.0 s");
}

TEST_CASE_FIXTURE(fixture, "a stop() that throws ends its worker all the same") {
  lab->stop = [](actor&) -> task<> {
    throw std::runtime_error("cannot say good-bye");
    co_return;
  };
  n->start();
  auto report = n->stop();
  CHECK(report.clean);
  CHECK(report.stragglers.empty());
  CHECK(n.logged("cannot say good-bye"));
}

TEST_CASE_FIXTURE(fixture, "a worker that backs off while its node stops holds nobody up") {
  n->start();
  n.kill("lab");
  n.run();
  auto report = n->stop();
  CHECK(report.clean);
  CHECK(report.stragglers.empty());
}

TEST_CASE_FIXTURE(fixture, "a worker that is still starting when it is told to stop, stops") {
  n->start();
  auto slow = make_conduct();
  slow->start = [](actor&) -> task<> { co_await sleep_for(3s); };
  n->provide<lab_worker>({.name = "second"}, slow);
  n.run();
  auto report = n->stop();
  CHECK(report.clean);
  CHECK(report.stragglers.empty());
}

TEST_CASE_FIXTURE(fixture, "a second stop does nothing, and a stopped node starts no more") {
  n->start();
  CHECK(n->stop().clean);
  CHECK(n->stop().clean);
  CHECK(order.size() == 2);
  CHECK_THROWS_WITH_AS(n->start(), "the node has stopped: make another one", failure);
  CHECK_THROWS_WITH_AS(n->provide<lab_worker>({.name = "another"}, lab), "the node has stopped", failure);
  auto got = n->try_ask(lab::echo{"x"});
  REQUIRE_FALSE(got);
  CHECK(got.error() == failure{errc::unavailable, "the node is not started"});
  CHECK_THROWS_AS(n->stop_child("lab"), failure);
  CHECK(n->status().empty());
  CHECK(n->reports().empty());
}

TEST_CASE_FIXTURE(fixture, "a node that never started stops as well, and answers nothing before it starts") {
  auto got = n->try_ask(lab::echo{"x"});
  REQUIRE_FALSE(got);
  CHECK(got.error() == failure{errc::unavailable, "the node is not started"});
  CHECK_THROWS_AS(n->system(), failure);
  CHECK(n->stop().clean);
}

TEST_CASE_FIXTURE(fixture, "asks through a handle that outlives its node are refused") {
  auto to = n->find<lab::service>();
  n->start();
  n->stop();
  CHECK_THROWS_WITH_AS(n->ask(to, lab::echo{"x"}), "the node is not started", failure);
  CHECK(to.target()->state() == availability::unknown);
  CHECK(to.target()->current()->empty());
}
