#include "tools/benchmarks/ask_load.hpp"

#include "interfaces/inspect.hpp"
#include "tools/benchmarks/allocations.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <future>
#include <latch>

namespace pillar::bench {

namespace {

using echo_actor = caf::typed_actor<caf::replies_to<echo::say>::with<echo::word>>;
using relay_actor = caf::typed_actor<caf::replies_to<relay::pass>::with<echo::word>>;

echo_actor::behavior_type echo_behavior() {
  return {[](echo::say& r) { return echo::word{"echo of " + r.text}; }};
}

relay_actor::behavior_type relay_behavior(relay_actor::pointer self, const echo_actor& to, caf::duration limit) {
  return {[=](relay::pass& r) {
    auto promise = self->make_response_promise<echo::word>();
    self->request(to, limit, echo::say{.text = std::move(r.text)}).then([promise](echo::word& w) mutable {
      promise.deliver(std::move(w));
    });
    return promise;
  }};
}

/// Keeps its load outstanding, and says what that came to.
template <class To, class Request> class requester : public caf::event_based_actor {
public:
  requester(caf::actor_config& config, To to, caf::duration limit, const load& l, std::promise<measured>* done)
      : caf::event_based_actor(config), to_(std::move(to)), limit_(limit), load_(l), done_(done) {}

  caf::behavior make_behavior() override {
    send_many(load_.requests / 10);
    return {[](caf::ok_atom) {}};
  }

private:
  void send_many(std::size_t requests) {
    left_ = open_ = requests;
    allocated_ = allocations();
    begin_ = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < load_.outstanding; ++i) send_one();
  }
  void send_one() {
    if (left_ == 0) return;
    --left_;
    request(to_, limit_, Request{.text = "hello"}).then([this](echo::word&) {
      if (--open_ > 0) return send_one();
      if (std::exchange(warming_up_, false)) return send_many(load_.requests);
      std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin_;
      auto requests = static_cast<double>(load_.requests);
      done_->set_value({requests / took.count(), static_cast<double>(allocations() - allocated_) / requests});
      quit();
    });
  }

  To to_;
  caf::duration limit_;
  load load_;
  std::promise<measured>* done_;
  bool warming_up_ = true;
  std::size_t left_ = 0; // to send
  std::size_t open_ = 0; // to be answered
  std::uint64_t allocated_ = 0;
  std::chrono::steady_clock::time_point begin_;
};

caf::behavior idle_behavior(caf::event_based_actor*, std::latch* begun) {
  begun->count_down();
  return {[](caf::ok_atom) {}};
}

void apply(const setting& s, caf::actor_system_config& to) { // as a node does
  to.set("scheduler.max-threads", s.threads);
  to.set("scheduler.max-throughput", std::size_t{300});
  to.set("scheduler.policy", s.scheduling == policy::sharing ? caf::atom("sharing") : caf::atom("stealing"));
}

} // namespace

measured ask_with_caf(const load& l, const setting& s, std::optional<std::chrono::seconds> limit) {
  caf::actor_system_config config;
  apply(s, config);
  caf::actor_system system{config};
  auto longest = limit ? caf::duration{*limit} : caf::duration{caf::infinite};
  std::promise<measured> done;
  auto echoing = system.spawn(echo_behavior);
  if (l.nested) {
    auto relaying = system.spawn(relay_behavior, echoing, longest);
    system.spawn<requester<relay_actor, relay::pass>>(relaying, longest, l, &done);
    auto found = done.get_future().get();
    caf::anon_send_exit(relaying, caf::exit_reason::user_shutdown); // else its timers hold it for their 30 s
    return found;
  }
  system.spawn<requester<echo_actor, echo::say>>(echoing, longest, l, &done);
  return done.get_future().get();
}

spawned spawn_with_caf(std::size_t count, const setting& s) {
  caf::actor_system_config config;
  apply(s, config);
  caf::actor_system system{config};
  std::latch begun{static_cast<std::ptrdiff_t>(count)};
  std::vector<caf::actor> kept;
  kept.reserve(count);
  auto before = heap_bytes();
  auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < count; ++i) kept.push_back(system.spawn(idle_behavior, &begun));
  begun.wait();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  auto each = (static_cast<double>(heap_bytes()) - static_cast<double>(before)) / static_cast<double>(count);
  return {static_cast<double>(count) / took.count(), each};
}

} // namespace pillar::bench
