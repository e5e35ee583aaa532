/// Two deterministic nodes over an in-memory network: what one sends is serialised, and read by the other.
#pragma once

#include "tests/support/deterministic_node.hpp"

namespace pillar::testing {

class two_nodes {
public:
  explicit two_nodes(std::uint64_t seed = 0);

  deterministic_node a, b; ///< provide, then start() them, then connect

  void start();
  /// Makes the first worker of `interface` on b a provider on a, under the name that it has on b.
  void connect(std::string_view interface);

  /// Lets everything happen on both nodes that can without time passing.
  void run();
  /// Lets time pass on both nodes.
  void advance(duration time);

private:
  bool step();
  std::int64_t ids_ = 0;
  std::uint16_t port_ = 4242;
};

} // namespace pillar::testing
