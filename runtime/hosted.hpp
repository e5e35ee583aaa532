/// How a worker or plugin class becomes an actor: CAF hands its constructor an actor_config, Pillar's classes take a
/// context.
#pragma once

#include "runtime/actor.hpp"

#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>

#include <functional>
#include <tuple>

namespace pillar {

template <class Self> class hosted final : public Self {
public:
  template <class... Args>
  hosted(caf::actor_config& config, host& node, const actor_name& name, const std::shared_ptr<route>& serves,
         const Args&... args)
      : Self(context{config, node, name, serves}, args...) {}
};

/// Spawns one actor. `detached`: on a thread of its own, for classes that block.
template <class Self, class... Args>
caf::strong_actor_ptr spawn_hosted(caf::actor_system& system, host& node, const actor_name& name,
                                   const std::shared_ptr<route>& serves, bool detached, const Args&... args) {
  caf::actor_config config;
  if (detached) config.add_flag(caf::abstract_actor::is_detached_flag);
  auto spawned = system.spawn_class<hosted<Self>, caf::no_spawn_options>(config, std::ref(node), name, serves, args...);
  return caf::actor_cast<caf::strong_actor_ptr>(spawned);
}

} // namespace pillar
