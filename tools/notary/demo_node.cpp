#include "tools/notary/demo_node.hpp"

#include "actors/standard.hpp"
#include "tools/notary/ledger_worker.hpp"

#include <cstdlib>
#include <optional>
#include <string>

namespace demo {

using namespace pillar;
using namespace std::chrono_literals;

namespace {

constexpr auto notary_name = "notary";

// Most of its work waits for the disk: with more threads than cores more files share one commit.
constexpr int blocking_threads = 16;

configuration settings_for(const std::filesystem::path& data) {
  configuration settings;
  settings.set("node.name", "notary-demo");
  settings.set("node.data", data);
  settings.set("node.offload-threads", blocking_threads);
  return settings;
}

/// Each node takes the passphrase out of the environment, and the next one needs it again.
void restore_passphrase() {
  constexpr auto variable = "PILLAR_PASSPHRASE";
  static const auto given = [] {
    auto* text = std::getenv(variable);
    return text ? std::optional<std::string>(text) : std::nullopt;
  }();
  if (given) ::setenv(variable, given->c_str(), 1);
}

} // namespace

demo_node::demo_node(const std::filesystem::path& data, const std::filesystem::path& directory)
    : directory_(directory), node_(settings_for(data)) {
  restore_passphrase();
  provide_standard_workers(node_);
  node_.provide<ledger_worker>({}, directory_);
  node_.start();
}

void demo_node::spawn_notary(std::function<void(const ledger::entry&)> on_entered) {
  node_.spawn<notary>(notary_name, notary_options{.directory = directory_,
                                                  .own_data = node_.data(),
                                                  .every = 500ms,
                                                  .on_entered = std::move(on_entered)});
}

ledger::progress demo_node::notary_progress() {
  for (auto& child : node_.status())
    if (child.name.view() == notary_name && child.state == child_state::given_up)
      throw failure(errc::unavailable, "the notary has given up: " + child.reason);
  return node_.ask(ledger::status{});
}

} // namespace demo
