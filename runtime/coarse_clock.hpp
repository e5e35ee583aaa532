/// The steady clock as the kernel last wrote it down: a quarter of the price of reading it.
#pragma once

#include "interfaces/envelope.hpp"

#include <ctime>

namespace pillar {

/// How far it may lag behind: a tick of the slowest kernel.
inline constexpr duration tick = std::chrono::milliseconds(10);

inline instant coarse_steady_now() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
  return instant{std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec)};
}

} // namespace pillar
