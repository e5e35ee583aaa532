/// A worker or plugin as its supervisor sees it: the plan it is made by, and what became of it.
#pragma once

#include "runtime/needs.hpp"

#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace pillar {

/// When a child is started again, in Erlang's words.
enum class restart_policy : std::uint8_t {
  permanent, ///< whenever it ends
  transient, ///< when it fails
  temporary, ///< never
};

/// What a supervisor must know of a child.
struct child_plan {
  /// Constructs the actor; a constructor's exception passes through.
  using factory = std::function<caf::strong_actor_ptr(const actor_name&, const std::shared_ptr<route>& serves)>;

  actor_name name;
  std::string interface = {}; ///< the whole name of what a worker serves; empty for a plugin
  std::vector<need> needs = {};
  restart_policy policy = restart_policy::permanent;
  factory construct = {};
};

enum class child_state : std::uint8_t {
  waiting,  ///< for a need
  starting, ///< constructed, running its start()
  running,
  backing_off, ///< failed, and will be started again
  finished,    ///< ended as it should
  given_up,    ///< failed too often, or could not start at all
  stopped,
};
std::string_view name_of(child_state state) noexcept;

struct child_status {
  actor_name name;
  std::string interface;
  child_state state = child_state::waiting;
  unsigned restarts = 0;
  std::string reason; ///< of the last failure, or what it waits for
};

/// A child that did not stop when told to, and what it was doing.
struct straggler {
  actor_name name;
  std::string doing;
  bool ended = false; ///< true: it ended when it was killed; false: it still runs
};

class supervisor_wait;

/// A child and what its supervisor knows of it.
struct child {
  child_plan plan;
  std::shared_ptr<route> serves;
  caf::strong_actor_ptr actor;
  std::uint64_t incarnation = 0;
  std::optional<result<void>> started; // what its start() said
  std::optional<caf::error> ended;     // the reason
  std::optional<failure> given_up_for;
  bool ever_ran = false;
  bool stop_wanted = false;
  bool in_phase = false;        // of the children that are being stopped now
  bool refused_to_stop = false; // it was told to, killed, and still runs
  unsigned failures_in_a_row = 0;
  instant ran_since{};
  std::deque<instant> recent_restarts;
  std::vector<supervisor_wait*> waiting; // coroutines of the supervisor that wait for a change of it
  std::optional<actor_report> report;    // what it was doing when it did not stop in time
  child_status status;

  bool over() const {
    return status.state == child_state::finished || status.state == child_state::given_up
           || status.state == child_state::stopped;
  }
};

} // namespace pillar
