// Real threads: asks of every kind while workers are killed and restarted, then a clean stop.
#include "tests/runtime/lab.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <stop_token>
#include <thread>

using namespace std::chrono_literals;
using namespace pillar;

namespace {

/// Blocks a thread until nobody waits for it any more.
void block_until(std::stop_token stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait(lock, stop, [] { return false; });
  throw failure(errc::cancelled, "nobody waits for it");
}

/// Answers after one of: nothing, a sleep, blocking work, which may never be done by itself.
struct busy_worker : worker<busy_worker, lab::service> {
  explicit busy_worker(const context& ctx) : worker(ctx) {}
  task<std::string> on(lab::echo request) { return serve(std::move(request.text)); }
  task<std::string> on(lab::repeat request) { return serve(std::move(request.text)); }
  void on(const lab::note& request) {
    if (request.text == "bad") throw failure(errc::bad_request, "bad");
  }
  source<std::uint64_t> on(lab::count request) {
    for (std::uint64_t i = 1; i <= request.to; ++i) {
      if (i % 8 == 0) co_await offload([](std::stop_token) {});
      co_yield i;
    }
  }

private:
  task<std::string> serve(std::string text) {
    auto kind = served_++ % 8;
    if (kind == 0) co_await sleep_for(100us);
    if (kind == 1) text = co_await offload([&](std::stop_token) { return text + ""; });
    if (text == "hang") co_await offload([](std::stop_token stop) { block_until(std::move(stop)); });
    if (kind == 2 && text == "break") throw worker_failure(errc::damaged, "broken");
    co_return text;
  }
  unsigned served_ = 0;
};

struct busy_front : worker<busy_front, front::service, needs<lab::service>> {
  explicit busy_front(const context& ctx) : worker(ctx) {}
  task<std::string> on(front::relay request) {
    auto [a, b] = co_await all(ask(lab::echo{request.text}), ask(lab::repeat{request.text}));
    co_return a == b ? a : "differs";
  }
};

struct tally {
  std::atomic<std::size_t> asked{0}, answered{0}, good{0}, strange{0};
};

/// Asks `count` times, eight at once.
struct busy_asker : plugin<busy_asker, needs<lab::service, front::service>> {
  busy_asker(const context& ctx, std::size_t count, tally& t, std::latch& done)
      : plugin(ctx), count_(count), tally_(t), done_(done) {}
  task<> run() {
    std::vector<task<>> strands;
    for (std::size_t s = 0; s < 8; ++s) strands.push_back(strand(s));
    co_await all_of(std::move(strands));
    done_.count_down();
  }

private:
  task<> strand(std::size_t s) {
    for (std::size_t i = s; i < count_; i += 8) {
      ++tally_.asked;
      co_await one(i);
      ++tally_.answered;
    }
  }
  task<> one(std::size_t i) {
    try {
      auto text = i % 97 == 0 ? std::string("break") : std::to_string(i);
      std::string got = text;
      if (i % 50 == 7) {
        auto late = co_await try_ask(lab::echo{"hang"}, 2ms);
        if (late || late.error().code() == errc::cancelled) ++tally_.strange;
      }
      switch (i % 5) {
        case 0: got = co_await ask(lab::echo{text}); break;
        case 1: got = co_await ask(lab::repeat{text}); break;
        case 2: got = co_await ask(front::relay{text}); break;
        case 3: co_await ask(lab::note{i % 2 ? "bad" : "good"}); break;
        default: {
          auto numbers = co_await ask(lab::count{i % 40});
          std::uint64_t last = 0;
          while (auto number = co_await numbers.next())
            if (*number != ++last) ++tally_.strange;
        }
      }
      if (got != text) ++tally_.strange;
      ++tally_.good;
    } catch (const failure& f) {
      switch (f.code()) {
        case errc::abandoned:
        case errc::unavailable:
        case errc::cancelled:
        case errc::damaged:
        case errc::bad_request: break;
        default: ++tally_.strange;
      }
    }
  }
  std::size_t count_;
  tally& tally_;
  std::latch& done_;
};

} // namespace

TEST_CASE("ten thousand asks are all answered while workers are killed and restarted, and the node stops cleanly") {
  constexpr std::size_t askers = 4, each = 2500;
  configuration c;
  c.set("node.name", "stress");
  c.set("node.threads", "2");
  c.set("node.offload-threads", "2");
  c.set("log.level", "off");
  c.set("supervision.restarts", "1000000");
  c.set("supervision.backoff-min", "1ms");
  c.set("supervision.backoff-max", "2ms");
  node n{c};
  n.provide<busy_worker>({.workers = 2});
  n.provide<busy_front>({});
  n.start();
  tally t;
  std::latch done{askers};
  for (std::size_t a = 0; a < askers; ++a)
    n.spawn<busy_asker>("asker-" + std::to_string(a), each, std::ref(t), std::ref(done));
  std::size_t kills = 0;
  auto end = std::chrono::steady_clock::now() + 120s;
  while (!done.try_wait() && std::chrono::steady_clock::now() < end) {
    for (auto* interface : {"lab", "front"}) {
      auto workers = n.services().route_of(interface)->current();
      if (workers->empty()) continue;
      caf::anon_send_exit((*workers)[kills % workers->size()].worker, caf::exit_reason::kill);
      ++kills;
    }
    n.reports(10ms);
    std::this_thread::sleep_for(2ms);
  }
  REQUIRE(done.try_wait());
  CHECK(t.asked == askers * each);
  CHECK(t.answered == askers * each);
  CHECK(t.good > 0);
  CHECK(t.strange == 0);
  CHECK(kills > 10);
  auto report = n.stop();
  CHECK(report.clean);
  CHECK(report.stragglers.empty());
}

TEST_CASE("a node stops cleanly in the middle of everything") {
  for (int round = 0; round < 10; ++round) {
    configuration c;
    c.set("node.threads", "2");
    c.set("log.level", "off");
    node n{c};
    n.provide<busy_worker>({.workers = 2});
    n.provide<busy_front>({});
    n.start();
    tally t;
    std::latch done{2};
    for (auto* name : {"asker-1", "asker-2"})
      n.spawn<busy_asker>(name, std::size_t{1'000'000}, std::ref(t), std::ref(done));
    while (t.answered < 100) std::this_thread::yield();
    auto report = n.stop();
    CHECK(report.clean);
    for (auto& s : report.stragglers) FAIL_CHECK(s.doing);
  }
}

TEST_CASE("a flood from several threads against a small inbox is answered to the last request") {
  configuration c;
  c.set("node.threads", "2");
  c.set("node.inbox-limit", "10");
  c.set("log.level", "off");
  node n{c};
  n.provide<busy_worker>({});
  n.start();
  std::atomic<int> good{0}, overloaded{0}, strange{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        auto got = n.try_ask(lab::echo{"x"});
        if (got) ++good;
        else if (got.error().code() == errc::overloaded) ++overloaded;
        else ++strange;
      }
    });
  for (auto& t : threads) t.join();
  CHECK(good + overloaded == 1600);
  CHECK(good > 0);
  CHECK(strange == 0);
  CHECK(n.stop().clean);
}
