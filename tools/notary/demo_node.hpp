/// The node of the demo: the three standard workers, the ledger, and where it is wanted the notary.
#pragma once

#include "runtime/node.hpp"
#include "tools/notary/ledger.hpp"
#include "tools/notary/notary.hpp"

#include <filesystem>
#include <functional>

namespace demo {

class demo_node {
public:
  /// Starts the node with its data in `data` and the ledger of `directory`. Throws failure.
  demo_node(const std::filesystem::path& data, const std::filesystem::path& directory);

  /// Adds a notary that watches the directory.
  void spawn_notary(std::function<void(const ledger::entry&)> on_entered);
  /// How far the notary is. Throws failure (unavailable) with the reason when it was given up.
  ledger::progress notary_progress();

  pillar::node* operator->() { return &node_; }

private:
  std::filesystem::path directory_;
  pillar::node node_;
};

} // namespace demo
