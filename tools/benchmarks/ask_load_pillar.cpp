#include "tools/benchmarks/ask_load.hpp"

#include "runtime/gate.hpp"
#include "runtime/node.hpp"
#include "tools/benchmarks/allocations.hpp"

#include <caf/actor_system_config.hpp>

#include <future>
#include <latch>

namespace pillar::echo {
struct service : interface<"echo", say> {};
} // namespace pillar::echo

namespace pillar::relay {
struct service : interface<"relay", pass> {};
} // namespace pillar::relay

namespace pillar::bench {

namespace {

struct echo_worker : worker<echo_worker, echo::service> {
  explicit echo_worker(const context& ctx) : worker(ctx) {}
  echo::word on(echo::say r) { return {"echo of " + r.text}; }
};

struct relay_worker : worker<relay_worker, relay::service, needs<echo::service>> {
  explicit relay_worker(const context& ctx) : worker(ctx) {}
  task<echo::word> on(relay::pass r) { co_return co_await ask(echo::say{.text = std::move(r.text)}); }
};

/// Keeps its load outstanding by as many loops, and says what that came to.
template <class Interface, class Request> class asker : public plugin<asker<Interface, Request>, needs<Interface>> {
public:
  asker(const context& ctx, const load& l, std::promise<measured>* done)
      : plugin<asker, needs<Interface>>(ctx), load_(l), done_(done) {}

  task<> run() {
    co_await ask_many(load_.requests / 10);
    auto allocated = allocations();
    auto begin = std::chrono::steady_clock::now();
    co_await ask_many(load_.requests);
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    auto requests = static_cast<double>(load_.requests);
    done_->set_value({requests / took.count(), static_cast<double>(allocations() - allocated) / requests});
  }

private:
  task<> ask_many(std::size_t requests) {
    std::vector<task<>> loops;
    for (std::size_t i = 0; i < load_.outstanding; ++i) loops.push_back(loop(requests / load_.outstanding));
    co_await all_of(std::move(loops));
  }
  task<> loop(std::size_t requests) {
    for (std::size_t i = 0; i < requests; ++i) co_await this->ask(Request{.text = "hello"});
  }

  load load_;
  std::promise<measured>* done_;
};

struct idle_plugin : plugin<idle_plugin, needs<echo::service>> {
  idle_plugin(const context& ctx, std::latch* begun) : plugin(ctx), begun_(begun) {}
  task<> run() {
    begun_->count_down();
    co_await never_.opened();
  }

private:
  std::latch* begun_;
  gate never_;
};

configuration settings_of(const setting& s) {
  configuration c;
  c.set("node.name", "bench");
  c.set("node.threads", std::to_string(s.threads));
  return c;
}

environment environment_of(const setting& s) {
  environment outside;
  if (s.scheduling != policy::sharing)
    outside.tune = [](caf::actor_system_config& c) { c.set("scheduler.policy", caf::atom("stealing")); };
  return outside;
}

} // namespace

measured ask_with_pillar(const load& l, const setting& s) {
  node n{settings_of(s), environment_of(s)};
  n.provide<echo_worker>({});
  std::promise<measured> done;
  if (l.nested) {
    n.provide<relay_worker>({});
    n.spawn<asker<relay::service, relay::pass>>("asker", l, &done);
  } else n.spawn<asker<echo::service, echo::say>>("asker", l, &done);
  n.start();
  return done.get_future().get();
}

spawned spawn_with_pillar(std::size_t count, const setting& s) {
  node n{settings_of(s), environment_of(s)};
  n.provide<echo_worker>({});
  n.start();
  std::latch begun{static_cast<std::ptrdiff_t>(count)};
  auto before = heap_bytes();
  auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < count; ++i) n.spawn<idle_plugin>("idle-" + std::to_string(i), &begun);
  begun.wait();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  n.status(); // once the supervisor has answered this it has dealt with all that it heard before
  auto each = (static_cast<double>(heap_bytes()) - static_cast<double>(before)) / static_cast<double>(count);
  return {static_cast<double>(count) / took.count(), each};
}

} // namespace pillar::bench
