/// The workers that answer one interface at this moment. Bindings and handles hold a route, so they survive restarts:
/// the registry's owner changes what is behind it, and askers notice by its version.
#pragma once

#include "interfaces/envelope.hpp"
#include "interfaces/error.hpp"

#include <caf/actor_control_block.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace pillar {

/// What can be said of an interface on a node.
enum class availability : std::uint8_t {
  unknown,   ///< nobody provides it, and nobody is about to
  starting,  ///< its workers are starting or restarting: asks wait for them until their deadline
  available, ///< at least one worker serves it
  given_up,  ///< its workers failed for good; the reason is known
};
std::string_view name_of(availability state) noexcept;

struct provider {
  caf::strong_actor_ptr worker;
  actor_name name;
  bool local = true;
};

/// Thread-safe. Reading the version is one atomic load.
class route {
public:
  using providers = std::vector<provider>;
  using listener = std::function<void(const route&)>;

  explicit route(std::string interface) : interface_(std::move(interface)) {}

  const std::string& interface() const noexcept { return interface_; } ///< the whole interface's name: "ipfs"
  std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }

  /// Local workers, or when there are none those of peers.
  std::shared_ptr<const providers> current() const;
  std::shared_ptr<const providers> all() const;
  availability state() const;
  /// Why there is no worker now: an `unavailable` that names the interface and the reason.
  failure absence() const;

  void add(provider p);
  /// `left`: the state when it was the last: `starting` when its supervisor decides what becomes of it.
  void remove(const caf::actor_control_block* worker, availability left = availability::unknown);
  void announce(availability state, std::string reason = {}); ///< of an empty route; ignored while workers serve

  /// Calls the listener at every change, on the thread that makes it, until the returned token is destroyed. It must
  /// not change or watch a route.
  [[nodiscard]] std::shared_ptr<void> watch(listener notify);

private:
  void changed(std::unique_lock<std::mutex>& lock);

  const std::string interface_;
  std::atomic<std::uint64_t> version_{1};
  mutable std::mutex mutex_;
  std::shared_ptr<const providers> all_ = std::make_shared<const providers>();
  std::shared_ptr<const providers> preferred_ = all_;
  availability state_ = availability::unknown;
  std::string reason_;
  std::vector<std::weak_ptr<listener>> listeners_;
};

/// One asker's view of a route: its workers are taken in turn.
class binding {
public:
  binding() = default;
  explicit binding(std::shared_ptr<route> to) : route_(std::move(to)) {}

  /// The next worker, or null when there is none now. Valid until the next call.
  const provider* next() {
    if (!route_) return nullptr;
    if (auto version = route_->version(); version != seen_) refresh(version);
    if (workers_->empty()) return nullptr;
    if (turn_ >= workers_->size()) turn_ = 0;
    return &(*workers_)[turn_++];
  }
  const std::shared_ptr<route>& target() const { return route_; }
  void clear() { *this = binding{}; }

private:
  void refresh(std::uint64_t version);

  std::shared_ptr<route> route_;
  std::shared_ptr<const route::providers> workers_;
  std::uint64_t seen_ = 0;
  std::size_t turn_ = 0;
};

} // namespace pillar
