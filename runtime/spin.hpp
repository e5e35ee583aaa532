/// Waiting that does not go to sleep.
#pragma once

#include <chrono>
#include <thread>

namespace pillar {

/// Until the condition holds, or for about as long as going to sleep and being woken takes: what comes within that time
/// is not kept waiting. Others that want the core, such as a thread that was just woken, have it meanwhile.
template <class Condition> void spin_until(const Condition& condition) {
  constexpr auto longest = std::chrono::microseconds(20);
  for (auto end = std::chrono::steady_clock::now() + longest; !condition();) {
    std::this_thread::yield();
    if (std::chrono::steady_clock::now() >= end) return;
  }
}

} // namespace pillar
