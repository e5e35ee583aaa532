#include "runtime/route.hpp"

#include "tests/runtime/lab.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

using namespace pillar;
using namespace pillar::testing;

namespace {

struct fixture {
  fixture() { n->start(); }
  provider make(std::string_view name, bool local = true) {
    auto spawned = n->system().spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
    return {caf::actor_cast<caf::strong_actor_ptr>(spawned), actor_name{name}, local};
  }
  static std::string names(const route::providers& all) {
    std::string text;
    for (auto& p : all) text += std::string(p.name.view()) + " ";
    return text;
  }
  deterministic_node n;
  std::shared_ptr<route> r = std::make_shared<route>("lab");
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a new route leads nowhere and says so") {
  CHECK(r->interface() == "lab");
  CHECK(r->state() == availability::unknown);
  CHECK(r->current()->empty());
  CHECK(r->absence() == failure{errc::unavailable, "nothing on this node provides lab"});
}

TEST_CASE_FIXTURE(fixture, "the states of a route are told with their reasons") {
  r->announce(availability::starting);
  CHECK(r->absence().message() == "lab is starting");
  r->announce(availability::starting, "restarting after io_error: disk");
  CHECK(r->absence().message() == "lab is starting: restarting after io_error: disk");
  r->announce(availability::given_up, "5 restarts did not help");
  CHECK(r->absence().message() == "lab was given up: 5 restarts did not help");
  CHECK(name_of(availability::unknown) == "unknown");
  CHECK(name_of(availability::starting) == "starting");
  CHECK(name_of(availability::available) == "available");
  CHECK(name_of(availability::given_up) == "given_up");
}

TEST_CASE_FIXTURE(fixture, "providers come and go, and each change shows in the version") {
  auto one = make("one"), two = make("two");
  auto version = r->version();
  r->add(one);
  CHECK(r->version() > version);
  CHECK(r->state() == availability::available);
  r->add(two);
  CHECK(names(*r->current()) == "one two ");
  version = r->version();
  r->remove(one.worker.get());
  CHECK(names(*r->current()) == "two ");
  CHECK(r->version() > version);
  version = r->version();
  r->remove(one.worker.get());
  CHECK(r->version() == version);
  r->remove(two.worker.get());
  CHECK(r->state() == availability::unknown);
}

TEST_CASE_FIXTURE(fixture, "local workers are preferred, and peers serve when there are none") {
  auto here = make("here"), there = make("there", false), far = make("far", false);
  r->add(there);
  r->add(far);
  CHECK(names(*r->current()) == "there far ");
  r->add(here);
  CHECK(names(*r->current()) == "here ");
  CHECK(names(*r->all()) == "there far here ");
  r->remove(here.worker.get());
  CHECK(names(*r->current()) == "there far ");
}

TEST_CASE_FIXTURE(fixture, "an announcement is ignored while workers serve") {
  auto one = make("one");
  r->add(one);
  r->announce(availability::given_up, "because");
  CHECK(r->state() == availability::available);
}

TEST_CASE_FIXTURE(fixture, "a watcher hears of every change until it lets go") {
  auto one = make("one");
  std::vector<availability> heard;
  auto watch = r->watch([&](const route& at) { heard.push_back(at.state()); });
  r->announce(availability::starting);
  r->add(one);
  r->remove(one.worker.get());
  CHECK(heard == std::vector{availability::starting, availability::available, availability::unknown});
  watch.reset();
  r->add(one);
  CHECK(heard.size() == 3);
  r->remove(one.worker.get());
}

TEST_CASE_FIXTURE(fixture, "several watchers come and go on their own") {
  int a = 0, b = 0;
  auto first = r->watch([&](const route&) { ++a; });
  {
    auto second = r->watch([&](const route&) { ++b; });
    r->announce(availability::starting);
  }
  r->announce(availability::unknown);
  CHECK(a == 2);
  CHECK(b == 1);
}

TEST_CASE_FIXTURE(fixture, "a binding takes the workers of its route in turn") {
  binding to{r};
  CHECK(to.next() == nullptr);
  auto one = make("one"), two = make("two"), three = make("three");
  r->add(one);
  CHECK(to.next()->name == one.name);
  CHECK(to.next()->name == one.name);
  r->add(two);
  r->add(three);
  std::string turns;
  for (int i = 0; i < 6; ++i) turns += std::string(to.next()->name.view()) + " ";
  CHECK(turns.find("one") != turns.npos);
  CHECK(turns.substr(0, turns.size() / 2) == turns.substr(turns.size() / 2));
  r->remove(two.worker.get());
  r->remove(three.worker.get());
  CHECK(to.next()->name == one.name);
  r->remove(one.worker.get());
  CHECK(to.next() == nullptr);
}

TEST_CASE("a binding without a route leads nowhere") {
  binding none;
  CHECK(none.next() == nullptr);
  CHECK(none.target() == nullptr);
}
