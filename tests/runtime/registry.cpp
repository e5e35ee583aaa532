#include "runtime/registry.hpp"

#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;

namespace other {
struct ask_me {
  using reply = bool;
};
BOOST_DESCRIBE_STRUCT(ask_me, (), ())
struct service : interface<"lab", ask_me> {}; // the lab's name for other requests
} // namespace other

TEST_CASE("an interface has one route, whoever asks for it") {
  registry r;
  CHECK(r.route_of("lab") == r.route_of("lab"));
  CHECK(r.route_of("lab") != r.route_of("front"));
  CHECK(r.find<lab::service>().target() == r.route_of("lab"));
  CHECK(r.find<lab::echoes>().target() == r.route_of("lab"));
}

TEST_CASE("requests of learned interfaces are found by their type") {
  registry r;
  CHECK(r.answering(typeid(lab::echo)).info == nullptr);
  CHECK(r.answering(typeid(lab::echo)).to == nullptr);
  r.learn("lab", wire<lab::service>::table);
  r.learn("lab", wire<lab::service>::table);
  CHECK(r.answering(typeid(lab::echo)).info == &info<lab::service, lab::echo>());
  CHECK(r.answering(typeid(lab::echo)).to == r.route_of("lab"));
  CHECK(r.interfaces().size() == 1);
  CHECK(r.interfaces().at("lab").size() == 4);
}

TEST_CASE("two interfaces of one name are refused") {
  registry r;
  r.learn("lab", wire<lab::service>::table);
  CHECK_THROWS_WITH_AS(r.learn("lab", wire<other::service>::table), "two different interfaces are both named lab",
                       failure);
  deterministic_node n;
  n->learn<lab::service>();
  CHECK_THROWS_AS(n->learn<other::service>(), failure);
}

TEST_CASE("the registry lists what a node provides, with its workers and state") {
  deterministic_node n;
  auto lab = make_conduct();
  n->provide<lab_worker>({.workers = 2}, lab);
  n->provide<front_worker>({}, make_conduct());
  n->start();
  std::vector<std::string> lines;
  for (auto& s : n->services().services()) {
    lines.push_back(s.interface + " " + std::string(name_of(s.state)));
    for (auto& w : s.workers) lines.back() += " " + std::string(w.view());
  }
  CHECK(lines == std::vector<std::string>{"front available front", "lab available lab#1 lab#2"});
}

TEST_CASE("a worker is out of the registry as soon as it has ended") {
  deterministic_node n;
  n->provide<lab_worker>({.workers = 2}, make_conduct());
  n->start();
  n.kill("lab#1");
  n.run();
  auto left = n->services().route_of("lab")->current();
  REQUIRE(left->size() == 1);
  CHECK((*left)[0].name == actor_name{"lab#2"});
  n.advance(1s);
  CHECK(n->services().route_of("lab")->current()->size() == 2);
}

TEST_CASE("an ask of a request that no known interface has says so by the request's name") {
  deterministic_node n;
  n->start();
  auto got = n->try_ask(other::ask_me{});
  REQUIRE_FALSE(got);
  CHECK(got.error().code() == errc::unknown_request);
  CHECK(got.error().message() == "no interface that this node knows has the request other.ask_me");
}

TEST_CASE("an ask of a known interface that nobody provides says so") {
  deterministic_node n;
  n->learn<lab::service>();
  n->start();
  auto got = n->try_ask(lab::echo{"x"});
  REQUIRE_FALSE(got);
  CHECK(got.error() == failure{errc::unavailable, "nothing on this node provides lab"});
}
