#include "runtime/child.hpp"

namespace pillar {

std::string_view name_of(child_state state) noexcept {
  switch (state) {
    case child_state::waiting: return "waiting";
    case child_state::starting: return "starting";
    case child_state::running: return "running";
    case child_state::backing_off: return "backing_off";
    case child_state::finished: return "finished";
    case child_state::given_up: return "given_up";
    case child_state::stopped: return "stopped";
  }
  return "unknown";
}

} // namespace pillar
