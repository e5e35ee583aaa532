#include "tests/support/deterministic_node.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <doctest/doctest.h>

#include <algorithm>

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

namespace {
/// What the node owns: the pool itself belongs to the test, which may look at it when the node has stopped.
class lent_pool final : public executor {
public:
  explicit lent_pool(stepped_pool& to) : to_(to) {}
  bool submit(job& work) override { return to_.submit(work); }
  bool drain(std::chrono::nanoseconds limit) override { return to_.drain(limit); }

private:
  stepped_pool& to_;
};
} // namespace

deterministic_node::deterministic_node(std::uint64_t seed, configuration settings,
                                       std::function<void(caf::actor_system_config&)> tune,
                                       std::size_t longest_pool_queue)
    : random_(seed), shuffles_(seed != 0), pool_(longest_pool_queue) {
  environment outside;
  outside.seed = seed + 1;
  outside.no_detached_actors = true;
  outside.log =
      logger::to_function(log_level::trace, [this](const log_record& r) { log_lines.push_back(text_line(r)); });
  outside.tune = [tune = std::move(tune)](caf::actor_system_config& c) {
    c.set("scheduler.policy", caf::atom("testing"));
    if (tune) tune(c);
  };
  outside.pool = [this](caf::actor_system&) { return std::make_shared<lent_pool>(pool_); };
  outside.drive = [this](const std::function<bool()>& holds) {
    auto until = now() + patience;
    while (!holds() && (step() || (now() < until && scheduler().trigger_timeout()))) {
    }
  };
  node_ = std::make_unique<pillar::node>(std::move(settings), std::move(outside));
}

deterministic_node::~deterministic_node() {
  pool_.held = false;
  patience = std::chrono::hours(1); // what waits for time at the end of a test is let go by time
  CHECK(node_->stop().clean);
}

caf::scheduler::test_coordinator& deterministic_node::scheduler() {
  return dynamic_cast<caf::scheduler::test_coordinator&>(node_->system().scheduler());
}

bool deterministic_node::step() {
  auto& jobs = scheduler().jobs;
  auto choices = jobs.size() + (pool_.size() > 0 && !pool_.held ? 1 : 0);
  if (choices == 0) return false;
  auto chosen = shuffles_ ? random_() % choices : 0;
  if (chosen >= jobs.size()) return pool_.step();
  std::swap(jobs.front(), jobs[chosen]);
  scheduler().run_once();
  return true;
}

void deterministic_node::run() {
  while (step()) {
  }
}

void deterministic_node::advance(duration time) {
  scheduler().advance_time(std::chrono::duration_cast<caf::timespan>(time));
  run();
}

void deterministic_node::kill(std::string_view worker) {
  for (auto& service : node_->services().services())
    for (auto& p : *node_->services().route_of(service.interface)->all())
      if (p.name.view() == worker) return caf::anon_send_exit(p.worker, caf::exit_reason::kill);
  FAIL("no worker is named ", std::string(worker));
}

bool deterministic_node::logged(std::string_view part) const {
  return std::ranges::any_of(log_lines, [&](auto& line) { return line.find(part) != line.npos; });
}

void explore(std::uint64_t first_seed, std::size_t seeds, const std::function<void(deterministic_node&)>& body) {
  for (auto seed = first_seed; seed < first_seed + seeds; ++seed) {
    INFO("seed ", seed);
    deterministic_node n{seed};
    body(n);
  }
}

} // namespace pillar::testing
