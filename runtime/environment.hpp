/// What a node takes from outside besides its configuration; tests replace time, threads and network here.
#pragma once

#include "runtime/executor.hpp"
#include "runtime/log.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace pillar {

struct environment {
  /// Instead of what log.level, log.file and log.format say: an application's own sink.
  std::optional<logger> log;
  /// Last word on CAF's configuration.
  std::function<void(caf::actor_system_config&)> tune;
  /// Instead of a pool of threads.
  std::function<std::shared_ptr<executor>(caf::actor_system&)> pool;
  /// Where nothing runs by itself: makes actors run until the condition holds or nothing can happen any more. Blocking
  /// functions of the node call it instead of waiting.
  std::function<void(const std::function<bool()>&)> drive;
  /// Workers that would have a thread of their own share the scheduler.
  bool no_detached_actors = false;
  /// Of trace ids and of the jitter of backoffs; 0: a random one.
  std::uint64_t seed = 0;
};

} // namespace pillar
