#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;

namespace {

configuration settings(std::string_view jitter) {
  auto c = deterministic_node::quiet_settings();
  c.set("supervision.restarts", "100");
  c.set("supervision.period", "24h");
  c.set("supervision.jitter", std::string(jitter));
  return c;
}

/// The pauses before `restarts` restarts of a worker that is killed as soon as it serves.
std::vector<duration> pauses(std::uint64_t seed, configuration c, std::size_t restarts, duration lives = {}) {
  deterministic_node n{seed, std::move(c)};
  auto lab = make_conduct();
  bool restarted = false;
  lab->construct = [&](const actor&) { restarted = true; };
  n->provide<lab_worker>({}, lab);
  n->start();
  std::vector<duration> all;
  while (all.size() < restarts) {
    n.advance(lives);
    n.kill("lab");
    n.run();
    auto died = n.now();
    restarted = false;
    do {
      REQUIRE(n.scheduler().trigger_timeout());
      n.run();
    } while (!restarted);
    all.push_back(n.now() - died);
  }
  return all;
}

} // namespace

TEST_CASE("without jitter the pauses double from the least to the longest") {
  auto all = pauses(0, settings("0"), 10);
  std::vector<duration> expected{100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 6400ms, 10s, 10s, 10s};
  CHECK(all == expected);
}

TEST_CASE("the first and the longest pause are the node's settings") {
  auto c = settings("0");
  c.set("supervision.backoff-min", "1s");
  c.set("supervision.backoff-max", "3s");
  CHECK(pauses(0, c, 4) == std::vector<duration>{1s, 2s, 3s, 3s});
}

TEST_CASE("with jitter each pause is at most a fifth longer or shorter, and not always the same") {
  std::set<duration> firsts;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto all = pauses(seed, settings("20"), 8);
    duration expected = 100ms;
    for (auto pause : all) {
      CAPTURE(seed);
      CHECK(pause >= expected * 8 / 10);
      CHECK(pause <= expected * 12 / 10);
      expected = std::min<duration>(expected * 2, 10s);
    }
    firsts.insert(all.front());
  }
  CHECK(firsts.size() > 5);
}

TEST_CASE("the same seed gives the same pauses") {
  CHECK(pauses(7, settings("20"), 8) == pauses(7, settings("20"), 8));
}

TEST_CASE("a worker that served for a whole period begins with the shortest pause again") {
  auto c = settings("0");
  c.set("supervision.period", "60s");
  CHECK(pauses(0, c, 5, 60s) == std::vector<duration>{100ms, 100ms, 100ms, 100ms, 100ms});
  c.set("supervision.restarts", "10");
  CHECK(pauses(0, c, 3, 1s) == std::vector<duration>{100ms, 200ms, 400ms});
}
