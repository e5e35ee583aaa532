#include "tests/support/deterministic_node.hpp"

#include <caf/actor_system_config.hpp>

#include <doctest/doctest.h>

namespace pillar::testing {

bool stepped_pool::submit(job& work) {
  if (jobs_.size() >= longest_queue_) return false;
  jobs_.push_back(std::move(work));
  return true;
}

bool stepped_pool::step() {
  if (jobs_.empty() || held) return false;
  auto work = std::move(jobs_.front());
  jobs_.pop_front();
  work();
  return true;
}

configuration deterministic_node::quiet_settings() {
  configuration c;
  c.set("node.name", "test");
  return c;
}

deterministic_node::deterministic_node(std::uint64_t seed, configuration settings)
  : random_(seed), shuffles_(seed != 0), pool_(std::make_shared<stepped_pool>()) {
  environment outside;
  outside.seed = seed + 1;
  outside.no_detached_actors = true;
  outside.log = logger::to_function(log_level::trace, [this](const log_record& r) { log_lines.push_back(text_line(r)); });
  outside.tune = [](caf::actor_system_config& c) { c.set("scheduler.policy", caf::atom("testing")); };
  outside.pool = [this](caf::actor_system&) { return pool_; };
  outside.drive = [this](const std::function<bool()>& holds) {
    while (!holds() && step()) {}
  };
  node_ = std::make_unique<pillar::node>(std::move(settings), std::move(outside));
}

deterministic_node::~deterministic_node() {
  if (!node_->started()) return;
  pool_->held = false;
  pool_.reset(); // the node looks whether others hold it
  // What waits for time at the end of a test is let go by time.
  node_->stop();
}

caf::scheduler::test_coordinator& deterministic_node::scheduler() {
  return dynamic_cast<caf::scheduler::test_coordinator&>(node_->system().scheduler());
}

bool deterministic_node::step() {
  auto& jobs = scheduler().jobs;
  auto choices = jobs.size() + (pool_ && pool_->size() > 0 && !pool_->held ? 1 : 0);
  if (choices == 0) return false;
  auto chosen = shuffles_ ? random_() % choices : 0;
  if (chosen >= jobs.size()) return pool_->step();
  std::swap(jobs.front(), jobs[chosen]);
  scheduler().run_once();
  return true;
}

void deterministic_node::run() {
  while (step()) {}
}

void deterministic_node::advance(duration time) {
  scheduler().advance_time(std::chrono::duration_cast<caf::timespan>(time));
  run();
}

void explore(std::uint64_t first_seed, std::size_t seeds, const std::function<void(deterministic_node&)>& body) {
  for (auto seed = first_seed; seed < first_seed + seeds; ++seed) {
    INFO("seed ", seed);
    deterministic_node n{seed};
    body(n);
  }
}

} // namespace pillar::testing
