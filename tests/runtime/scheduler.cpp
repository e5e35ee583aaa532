#include "runtime/node.hpp"

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <latch>

using namespace std::chrono_literals;
using namespace pillar;

namespace sums {
struct add {
  using reply = std::uint64_t;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
};
BOOST_DESCRIBE_STRUCT(add, (), (a, b))
struct service : interface<"sums", add> {};
} // namespace sums

namespace {

struct adder : worker<adder, sums::service> {
  explicit adder(const context& ctx, std::atomic<int>* served = nullptr) : worker(ctx), served_(served) {}
  std::uint64_t on(sums::add r) {
    if (served_) served_->fetch_add(1), served_->notify_all();
    return r.a + r.b;
  }

private:
  std::atomic<int>* served_;
};

configuration with_threads(std::size_t threads) {
  configuration c;
  c.set("node.name", "scheduler-test");
  c.set("node.threads", std::to_string(threads));
  return c;
}

/// Runs one function as its automaton.
struct automaton : plugin<automaton, needs<sums::service>> {
  using body = std::function<task<>(automaton&)>;
  automaton(const context& ctx, body run) : plugin(ctx), run_(std::move(run)) {}
  task<> run() { return run_(*this); }
  using plugin::ask;

private:
  body run_;
};

task<> count_down_after(automaton& self, std::size_t asks, std::latch* done, std::atomic<std::uint64_t>* sum) {
  for (std::size_t i = 0; i < asks; ++i) sum->fetch_add(co_await self.ask(sums::add{i, 1}));
  done->count_down();
}

/// Sends a request and then keeps its thread until the request has been served.
task<> ask_and_block(automaton& self, std::atomic<int>* served, std::promise<bool>* done) {
  auto answer = self.ask(sums::add{1, 2});
  auto blocking = [&]() -> task<> {
    auto until = std::chrono::steady_clock::now() + 20s;
    while (served->load() == 0 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    done->set_value(served->load() == 1);
    co_return;
  };
  co_await all(std::move(answer), blocking());
}

task<> never_stop_asking(automaton& self, std::atomic<bool>* enough) {
  while (!*enough) co_await self.ask(sums::add{1, 1});
}

} // namespace

TEST_CASE("what waits behind a handler that does not end is run by a thread that has nothing to do") {
  std::atomic<int> served{0};
  std::promise<bool> done;
  node n{with_threads(2)};
  n.provide<adder>({}, &served);
  n.spawn<automaton>("blocker", [&](automaton& self) { return ask_and_block(self, &served, &done); });
  n.start();
  CHECK(done.get_future().get());
}

TEST_CASE("two actors that always have mail for each other leave a third its turn on the same thread") {
  std::atomic<bool> enough{false};
  std::latch done{1};
  std::atomic<std::uint64_t> sum{0};
  node n{with_threads(1)};
  n.provide<adder>({});
  n.spawn<automaton>("endless", [&](automaton& self) { return never_stop_asking(self, &enough); });
  n.start();
  n.spawn<automaton>("third", [&](automaton& self) { return count_down_after(self, 100, &done, &sum); });
  done.wait();
  CHECK(sum == 5050);
  CHECK(n.ask(sums::add{2, 3}) == 5);
  enough = true;
}

TEST_CASE("many actors on several threads are all answered") {
  constexpr std::size_t actors = 100, asks = 200;
  for (std::size_t threads : {1, 2, 4}) {
    std::latch done{actors};
    std::atomic<std::uint64_t> sum{0};
    node n{with_threads(threads)};
    n.provide<adder>({.workers = 3});
    for (std::size_t i = 0; i < actors; ++i)
      n.spawn<automaton>("asker-" + std::to_string(i),
                         [&](automaton& self) { return count_down_after(self, asks, &done, &sum); });
    n.start();
    for (std::uint64_t i = 0; i < 50; ++i) CHECK(n.ask(sums::add{i, i}) == 2 * i); // from outside, meanwhile
    done.wait();
    CHECK(sum == actors * asks * (asks + 1) / 2);
    CHECK(n.stop().clean);
  }
}
