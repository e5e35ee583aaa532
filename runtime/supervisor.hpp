/// Starts a node's workers and plugins in the order of their needs, restarts those that fail, gives up on those that
/// fail too often, and stops them in the reverse order. One-for-one: a failing child takes no sibling with it.
#pragma once

#include "runtime/child.hpp"

#include <list>
#include <map>
#include <unordered_map>

namespace pillar {

struct supervision_limits {
  duration backoff_min = std::chrono::milliseconds(100); ///< before the first restart; doubles with each in a row
  duration backoff_max = std::chrono::seconds(10);
  unsigned jitter_percent = 20; ///< each delay is longer or shorter by up to this much
  unsigned restarts = 5;        ///< within `period`; one more, and the child is given up
  duration period = std::chrono::seconds(60);
  duration stop_limit = std::chrono::seconds(5); ///< for each phase of stopping
};

/// Everything but send_errand is for its own thread.
class supervisor : public actor {
public:
  supervisor(const context& ctx, supervision_limits limits, std::uint64_t seed);

  void add(child_plan plan);
  /// Calls back once: when all children that serve run and all others have begun or given up, or with the first failure
  /// that keeps a worker from starting.
  void when_started(duration limit, completion done);
  /// Stops all children, those that nobody needs first. Calls back with those that had to be killed.
  void stop_all(std::function<void(std::vector<straggler>)> done);
  /// Stops one child by name. Errors: not_found.
  void stop_child(const actor_name& name, completion done);
  std::vector<child_status> status() const;

private:
  friend class supervisor_wait;

  task<> supervise(child& c);
  task<result<void>> bring_up(child& c);
  task<> stop_phases(std::function<void(std::vector<straggler>)> done);
  task<> stop_phase(std::vector<child*> phase, std::vector<straggler>& stragglers);
  task<> await_start(duration limit, completion done);
  task<> await_end_of(child& c, completion done);
  result<void> wants_restart(child& c, const caf::error& reason);
  duration backoff(const child& c);
  void give_up(child& c, const failure& reason);
  void ask_to_stop(child& c);
  void ask_for_report(child& c);
  std::optional<std::string> missing_need(const child& c) const;
  bool needed_by_the_living(const child& c) const;
  bool serves_alone(const child& c) const;
  void set_state(child& c, child_state to);
  void wake(std::vector<supervisor_wait*>& waiting);
  void wake_those_in_need();
  void watch_need(std::string_view interface);
  void down(const caf::actor_addr& who, const caf::error& reason) override;

  supervision_limits limits_;
  std::uint64_t random_;
  std::list<child> children_;
  std::unordered_map<caf::actor_id, child*> by_actor_;
  std::vector<supervisor_wait*> in_need_;   // children that wait for a service
  std::vector<supervisor_wait*> overseers_; // who waits for all of them: the start, a phase of the stop
  std::size_t moving_ = 0;                  // children that start or back off
  std::size_t phase_left_ = 0;              // children of the phase that have not ended
  std::map<std::string, std::shared_ptr<void>, std::less<>> watches_;
};

} // namespace pillar
