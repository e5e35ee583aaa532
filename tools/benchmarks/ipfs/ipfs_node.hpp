/// A node that serves IPFS, as users have it, and a plugin to ask it from inside.
#pragma once

#include "interfaces/ipfs.hpp"
#include "runtime/node.hpp"

#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pillar::bench {

/// What limits an ask that may take minutes.
inline const ask_options patient{.limit = std::chrono::hours(1)};

/// A started node with its own store below `data`, and settings beside the usual ones: {"ipfs.block-cache", "0"}.
std::unique_ptr<node> start_node(const std::filesystem::path& data,
                                 const std::vector<std::pair<std::string, std::string>>& settings = {});

/// The settings that put the daemon at `api` behind a node.
std::vector<std::pair<std::string, std::string>> behind_it(const std::string& api);

/// A plugin that does what it is given.
struct caller : plugin<caller, needs<ipfs::service>> {
  using work = std::function<task<>(caller&)>;

  caller(const context& ctx, work what, std::shared_ptr<std::promise<void>> done)
      : plugin(ctx), work_(std::move(what)), done_(std::move(done)) {}
  task<> run();
  using asks::ask;

private:
  work work_;
  std::shared_ptr<std::promise<void>> done_;
};

/// Runs a coroutine in a plugin of its own. The future throws what it threw.
std::future<void> in_plugin(node& on, caller::work what);

/// A started node is stopped at its end; this does it before, and throws when it did not stop cleanly.
void stop_node(std::unique_ptr<node> which);

} // namespace pillar::bench
