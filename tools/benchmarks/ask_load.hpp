/// A load of requests, and the two sides that it is measured on: Pillar's `ask` and CAF's own `request`. Both send the
/// same structs to workers that do the same with them, on schedulers that are set up alike.
#pragma once

#include <boost/describe/class.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace pillar::bench {

/// How CAF shares work between threads; Pillar's nodes use "sharing".
enum class policy { sharing, stealing };

struct load {
  std::size_t outstanding = 1; ///< requests under way at any moment
  std::size_t requests = 0;    ///< measured, after a tenth as many for warming up
  bool nested = false;         ///< the worker asks another one before it answers
};

struct setting {
  std::size_t threads = 1;
  policy scheduling = policy::sharing;
};

struct measured {
  double per_second = 0;
  double allocations = 0; ///< for each request; 0 while they are not counted
};

/// co_await ask(...) in a plugin of a node, with the usual deadline of 30 s.
measured ask_with_pillar(const load& l, const setting& s);

/// request(...).then(...) in a CAF actor of a bare actor system; no limit: for ever.
measured ask_with_caf(const load& l, const setting& s, std::optional<std::chrono::seconds> limit);

struct spawned {
  double per_second = 0; ///< from the first spawn until the last actor has begun
  double bytes_each = 0; ///< on the heap, while it is idle
};

/// Plugins that need an interface, through node::spawn: named, supervised, and waiting in run().
spawned spawn_with_pillar(std::size_t count, const setting& s);

/// Bare event-based CAF actors, which are nothing of that.
spawned spawn_with_caf(std::size_t count, const setting& s);

} // namespace pillar::bench

namespace pillar::echo {
struct word {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(word, (), (text))

struct say {
  using reply = word;
  std::string text;
  bool loud = true;
};
BOOST_DESCRIBE_STRUCT(say, (), (text, loud))
} // namespace pillar::echo

namespace pillar::relay {
/// Passed on as echo::say.
struct pass {
  using reply = echo::word;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(pass, (), (text))
} // namespace pillar::relay
