/// A node without threads, with virtual time: nothing runs until the test lets it, and the same seed gives the same
/// order. For doctest.
#pragma once

#include "runtime/node.hpp"

#include <caf/scheduler/test_coordinator.hpp>

#include <deque>
#include <future>
#include <random>

namespace pillar::testing {

/// Blocking work waits here until the test steps it.
class stepped_pool final : public executor {
public:
  explicit stepped_pool(std::size_t longest_queue = 1000) : longest_queue_(longest_queue) {}
  bool submit(job& work) override;
  bool drain(std::chrono::nanoseconds) override { return jobs_.empty(); }
  bool step(); ///< runs the oldest job; false when there is none
  std::size_t size() const { return jobs_.size(); }
  bool held = false; ///< jobs wait until it is false again

private:
  std::size_t longest_queue_;
  std::deque<job> jobs_;
};

/// The reply to an ask that a test started, once it is there.
template <class R> class started_ask {
public:
  bool ready() const { return reply_->has_value(); }
  const result<R>& get() const { return reply_->value(); }
  const auto& operator*() const { return *get(); }
  std::string error() const {
    return !ready() ? "no answer" : get() ? "answered" : std::string(name_of(get().error().code()));
  }
  std::string message() const { return ready() && !get() ? get().error().message() : error(); }

private:
  friend class deterministic_node;
  std::shared_ptr<std::optional<result<R>>> reply_ = std::make_shared<std::optional<result<R>>>();
};

/// A coroutine of a test, run as a plugin.
template <class... Interfaces> class script : public plugin<script<Interfaces...>, needs<Interfaces...>> {
  using base = plugin<script<Interfaces...>, needs<Interfaces...>>;

public:
  using lines = std::function<task<>(script&)>;
  script(const context& ctx, lines run) : base(ctx), lines_(std::move(run)) {}
  task<> run() { return lines_(*this); }
  using base::ask;
  using base::begin_task;
  using base::handle_to;
  using base::try_ask;

private:
  lines lines_;
};

class deterministic_node {
public:
  /// `seed` 0: actors run in the order in which they get mail; else in an order that the seed decides.
  /// `tune` has the last word on CAF's configuration.
  explicit deterministic_node(std::uint64_t seed = 0, configuration settings = quiet_settings(),
                              std::function<void(caf::actor_system_config&)> tune = {},
                              std::size_t longest_pool_queue = 1000);
  ~deterministic_node();

  pillar::node& node() { return *node_; }
  pillar::node* operator->() { return node_.get(); }

  /// Lets everything happen that can without time passing.
  void run();
  /// One actor's turn, or one blocking job; false when nothing can happen.
  bool step();
  /// Lets time pass, and what it brings about happen.
  void advance(duration time);
  /// How much time the node's blocking functions may let pass when nothing can happen without.
  duration patience{};
  instant now() { return scheduler().clock().now(); }

  /// Ends a worker as a crash would, between two of its messages.
  void kill(std::string_view worker);

  /// Starts an ask as the application would, without waiting for it.
  template <class Request> auto start_ask(Request request, std::string as = "test", std::optional<duration> limit = {});

  std::vector<std::string> log_lines;       ///< what was logged at any level
  bool logged(std::string_view part) const; ///< whether a line contains it
  stepped_pool& pool() { return pool_; }
  caf::scheduler::test_coordinator& scheduler();

  static configuration quiet_settings();

private:
  std::mt19937_64 random_;
  bool shuffles_;
  stepped_pool pool_; // lent to the node, which lets go of it when it stops
  std::unique_ptr<pillar::node> node_;
  int asks_ = 0;
};

/// Runs a test with many seeds; the failing one is printed with the test's failure.
void explore(std::uint64_t first_seed, std::size_t seeds, const std::function<void(deterministic_node&)>& body);

/// Asks one request as a plugin of its own and hands over what came back.
template <class Request> class lone_ask : public actor {
  using R = typename Request::reply;

public:
  lone_ask(const context& ctx, Request request, std::shared_ptr<std::optional<result<R>>> into,
           registry::destination to, std::optional<duration> limit)
      : actor(ctx), request_(std::move(request)), into_(std::move(into)), info_(to.info), to_(to.to), limit_(limit) {}

  using needs_list = needs<>;

protected:
  bool runs() const final { return true; }
  task<> run_plugin() final {
    asking<R, asking_style::gives_result> a{to_, *info_, info_->pack(&request_), limit_};
    a.open_ = info_->open;
    into_->emplace(co_await std::move(a));
  }

private:
  Request request_;
  std::shared_ptr<std::optional<result<R>>> into_;
  const request_info* info_;
  binding to_;
  std::optional<duration> limit_;
};

template <class Request>
auto deterministic_node::start_ask(Request request, std::string as, std::optional<duration> limit) {
  started_ask<typename Request::reply> started;
  auto name = as + "/" + std::to_string(++asks_);
  node_->spawn_with<lone_ask<Request>>({restart_policy::temporary}, name, std::move(request), started.reply_,
                                       node_->services().answering(typeid(Request)), limit);
  return started;
}

} // namespace pillar::testing
