/// What a node gives each actor that it hosts.
#pragma once

#include "runtime/configuration.hpp"
#include "runtime/executor.hpp"
#include "runtime/log.hpp"
#include "runtime/registry.hpp"

#include <caf/fwd.hpp>

#include <memory>
#include <mutex>

namespace pillar {

class actor;

/// The living actors of a node, for reports and for ending them by name.
class actor_directory {
public:
  void add(actor& a);
  void remove(actor& a);
  std::vector<caf::strong_actor_ptr> living() const;
  std::size_t size() const;

private:
  friend class actor;
  mutable std::mutex mutex_;
  actor* first_ = nullptr; // a list through the actors themselves: no allocation an actor
  std::size_t size_ = 0;
};

/// Outlives its actors. Thread-safe.
struct host {
  configuration settings;
  logger log;
  registry services;
  std::shared_ptr<executor> pool;
  actor_directory actors;
  duration longest_ask = std::chrono::seconds(30); ///< the deadline of an ask that names and inherits none
  std::size_t inbox_limit = 10'000;                ///< requests waiting, or begun and unanswered, in one actor
  std::uint64_t trace_salt = 0;
  bool real_time = false; ///< the actor system's clock is the machine's, not a test's
};

/// What an actor's constructor needs to pass on to its base. `serves`: the route of the interface that it will answer;
/// null for plugins.
struct context {
  caf::actor_config& config;
  host& node;
  actor_name name;
  std::shared_ptr<route> serves;
};

} // namespace pillar
