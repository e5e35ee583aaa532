#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using asker = script<lab::service>;
using front_asker = script<front::service>;
using plain = script<>;

namespace {

/// Serves the lab, but needs the front, which needs the lab.
class looped_worker : public worker<looped_worker, lab::service, needs<front::service>> {
public:
  explicit looped_worker(const context& ctx) : worker(ctx) {}
  std::string on(const lab::echo& request) { return request.text; }
  std::string on(const lab::repeat& request) { return request.text; }
  void on(const lab::note&) {}
  source<std::uint64_t> on(lab::count) { co_yield 1; }
};

struct fixture {
  fixture() {
    auto noting = [this](const char* what) {
      return [this, what](actor& self) -> task<> {
        order.push_back(std::string(self.own_name().view()) + " " + what);
        co_return;
      };
    };
    lab->start = front->start = noting("starts");
    lab->stop = front->stop = noting("stops");
  }
  std::string refusal() {
    try {
      n->start();
      return "started";
    } catch (const failure& f) {
      return to_string(f);
    }
  }
  std::vector<std::string> order;
  shared_conduct lab = make_conduct();
  shared_conduct front = make_conduct();
  deterministic_node n;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "workers and plugins start after what they need, in whatever order they are named") {
  n->spawn<front_asker>("notary", front_asker::lines{[&](front_asker&) -> task<> {
                          order.push_back("notary runs");
                          co_return;
                        }});
  n->provide<front_worker>({}, front);
  n->provide<lab_worker>({}, lab);
  n->start();
  n.run();
  CHECK(order == std::vector<std::string>{"lab starts", "front starts", "notary runs"});
}

TEST_CASE_FIXTURE(fixture, "the order of the start holds in every order of events") {
  explore(1, 50, [](deterministic_node& n) {
    std::vector<std::string> order;
    auto conduct = make_conduct();
    conduct->start = [&](actor& self) -> task<> {
      co_await sleep_for(1ms);
      order.push_back(std::string(self.own_name().view()));
    };
    n.patience = 1min;
    n->spawn<front_asker>("notary", front_asker::lines{[&](front_asker&) -> task<> {
                            order.push_back("notary");
                            co_return;
                          }});
    n->provide<front_worker>({}, conduct);
    n->provide<lab_worker>({}, conduct);
    n->start();
    n.run();
    CHECK(order == std::vector<std::string>{"lab", "front", "notary"});
  });
}

TEST_CASE_FIXTURE(fixture, "start returns when every worker serves, also those that take their time") {
  lab->start = [](actor&) -> task<> { co_await sleep_for(20s); };
  n->provide<lab_worker>({}, lab);
  n.patience = 1min;
  n->start();
  CHECK(n->services().route_of("lab")->state() == availability::available);
  CHECK(n->ask(lab::echo{"hello"}) == "hello");
}

TEST_CASE_FIXTURE(fixture, "a request that comes while its worker starts waits for it") {
  n->start();
  lab->start = [](actor&) -> task<> { co_await sleep_for(5s); };
  n->provide<lab_worker>({}, lab);
  auto asked = n.start_ask(lab::echo{"early"});
  n.run();
  CHECK_FALSE(asked.ready());
  n.advance(5s);
  CHECK(*asked == "early");
}

TEST_CASE_FIXTURE(fixture, "a missing need is named at once") {
  n->provide<front_worker>({}, front);
  auto before = std::chrono::steady_clock::now();
  CHECK(refusal()
        == "unavailable: nothing can start any more: front is waiting: nothing on this node provides lab: provide what "
           "is needed, and let no two workers need each other");
  CHECK(std::chrono::steady_clock::now() - before < 10s);
  CHECK(order.empty());
}

TEST_CASE_FIXTURE(fixture, "a plugin's missing need is named as well") {
  n->spawn<asker>("notary", asker::lines{});
  CHECK(refusal().starts_with(
      "unavailable: nothing can start any more: notary is waiting: nothing on this node provides lab"));
}

TEST_CASE_FIXTURE(fixture, "workers that need each other are named at once") {
  n->provide<front_worker>({}, front);
  n->provide<looped_worker>({});
  CHECK(refusal()
        == "unavailable: nothing can start any more: front is waiting: lab is starting, lab is waiting: front is "
           "starting: provide what is needed, and let no two workers need each other");
}

TEST_CASE_FIXTURE(fixture,
                  "a worker that cannot start fails the node's start, which names it, and what had started stops") {
  n->provide<lab_worker>({}, lab);
  n->provide<front_worker>({}, front);
  front->start = [](actor&) -> task<> {
    throw failure(errc::damaged, "documents.sqlite is no database");
    co_return;
  };
  CHECK(refusal() == "damaged: front cannot start: documents.sqlite is no database");
  CHECK(order == std::vector<std::string>{"lab starts", "lab stops"});
  CHECK_FALSE(n->started());
}

TEST_CASE_FIXTURE(fixture, "a worker whose constructor throws fails the node's start in the same way") {
  lab->construct = [](const actor&) { throw std::runtime_error("no room"); };
  n->provide<lab_worker>({}, lab);
  CHECK(refusal() == "internal: lab cannot start: no room");
}

TEST_CASE_FIXTURE(fixture, "one of several workers that cannot start fails the node's start") {
  lab->start = [](actor& self) -> task<> {
    if (self.own_name() == actor_name{"lab#2"}) throw failure(errc::storage_full, "no space");
    co_return;
  };
  n->provide<lab_worker>({.workers = 2}, lab);
  CHECK(refusal() == "storage_full: lab#2 cannot start: no space");
}

TEST_CASE_FIXTURE(fixture, "a start that takes longer than it may names what is still starting") {
  lab->start = [](actor&) -> task<> { co_await sleep_for(1h); };
  n->provide<lab_worker>({}, lab);
  n->provide<front_worker>({}, front);
  n.patience = 2min;
  CHECK(refusal()
        == "expired: not everything started in time (node.start-timeout): lab is still starting, front is waiting: lab "
           "is starting");
}

TEST_CASE_FIXTURE(fixture, "a plugin waits while its need restarts, and begins when it serves") {
  n->provide<lab_worker>({}, lab);
  n->start();
  n.kill("lab");
  n.run();
  bool began = false;
  n->spawn<asker>("notary", asker::lines{[&](asker&) -> task<> {
                    began = true;
                    co_return;
                  }});
  n.run();
  CHECK_FALSE(began);
  n.advance(1s);
  CHECK(began);
}

TEST_CASE_FIXTURE(fixture, "what is provided and spawned after the start begins then") {
  n->start();
  bool began = false;
  n->spawn<asker>("notary",
                  asker::lines{[&](asker& self) -> task<> { began = co_await self.ask(lab::echo{"a"}) == "a"; }});
  n.run();
  CHECK_FALSE(began);
  n->provide<lab_worker>({}, lab);
  n.run();
  CHECK(began);
  CHECK(n.logged("an interface that became known after the start works inside this node only"));
}

TEST_CASE_FIXTURE(fixture,
                  "an interface that was learned before the start can be provided after it without a warning") {
  n->learn<lab::service>();
  n->start();
  n->provide<lab_worker>({}, lab);
  n.run();
  CHECK(n->ask(lab::echo{"a"}) == "a");
  CHECK_FALSE(n.logged("became known after the start"));
}

TEST_CASE_FIXTURE(fixture, "a second start does nothing") {
  n->provide<lab_worker>({}, lab);
  n->start();
  n->start();
  CHECK(order == std::vector<std::string>{"lab starts"});
}

TEST_CASE("an unknown option is refused at the start") {
  auto c = deterministic_node::quiet_settings();
  c.read_environment({"PILLAR_NODE_THREADZ=3"});
  deterministic_node n{0, c};
  CHECK_THROWS_AS(n->start(), failure);
}
