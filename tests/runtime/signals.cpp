#include "runtime/signals.hpp"

#include "tests/runtime/lab.hpp"
#include "tests/support/child_process.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;

namespace {

configuration settings(std::string_view stop_timeout) {
  configuration c;
  c.set("log.level", "off");
  c.set("node.threads", "2");
  c.set("node.stop-timeout", std::string(stop_timeout));
  return c;
}

/// Runs a node whose lab says when it starts and when it stops.
child_process::body run_node(std::string stop_timeout, duration stop_takes, duration start_takes = {}) {
  return [=](auto& say) {
    node n{settings(stop_timeout)};
    auto conduct = make_conduct();
    conduct->start = [=](actor&) -> task<> {
      say("starts");
      co_await sleep_for(start_takes);
    };
    conduct->stop = [=](actor&) -> task<> {
      say("stops");
      co_await sleep_for(stop_takes);
    };
    n.provide<lab_worker>({}, conduct);
    n.spawn<script<lab::service>>("notary", script<lab::service>::lines{[=](auto&) -> task<> {
                                    say("runs");
                                    co_await sleep_for(1h);
                                  }});
    return n.run();
  };
}

} // namespace

TEST_CASE("run ends with 0 after SIGINT or SIGTERM, and stops what it started") {
  for (auto signal : {SIGINT, SIGTERM}) {
    child_process child{run_node("5s", 0s)};
    CHECK(child.line() == "starts");
    CHECK(child.line() == "runs");
    child.signal(signal);
    CHECK(child.line() == "stops");
    CHECK(child.wait() == 0);
  }
}

TEST_CASE("a second SIGINT ends the process at once with 130") {
  child_process child{run_node("1h", 1h)};
  while (child.line() != "runs") {
  }
  child.signal(SIGINT);
  CHECK(child.line() == "stops");
  child.signal(SIGINT);
  CHECK(child.wait() == 130);
}

TEST_CASE("a signal that comes while a node starts stops it when it has started") {
  child_process child{run_node("5s", 0s, 300ms)};
  CHECK(child.line() == "starts");
  child.signal(SIGTERM);
  CHECK(child.wait() == 0);
}

TEST_CASE("a plugin or worker that is killed for not stopping in time is no reason for another exit code") {
  child_process child{run_node("100ms", 1h)};
  while (child.line() != "runs") {
  }
  child.signal(SIGINT);
  CHECK(child.line() == "stops");
  CHECK(child.wait() == 0);
}

TEST_CASE("run ends with 3 when a handler never comes back") {
  child_process child{[](auto& say) {
    node n{settings("100ms")};
    auto conduct = make_conduct();
    conduct->echo = [=](lab_worker&, std::string) -> task<std::string> {
      say("stuck");
      while (true) ::pause();
      co_return "";
    };
    n.provide<lab_worker>({}, conduct);
    n.spawn<script<lab::service>>(
        "asker", script<lab::service>::lines{[](auto& self) -> task<> { co_await self.ask(lab::echo{"x"}); }});
    return n.run();
  }};
  CHECK(child.line() == "stuck");
  child.signal(SIGINT);
  CHECK(child.wait() == 3);
}

TEST_CASE("what never stops is named with what it is stuck in, also when it holds every thread") {
  for (auto* threads : {"2", "1"}) {
    child_process child{[=](auto& say) {
      auto c = settings("100ms");
      c.set("node.threads", threads);
      node n{c};
      auto conduct = make_conduct();
      conduct->echo = [=](lab_worker&, std::string) -> task<std::string> {
        say("stuck");
        while (true) ::pause();
        co_return "";
      };
      n.provide<lab_worker>({}, conduct);
      n.start();
      n.spawn<script<lab::service>>(
          "asker", script<lab::service>::lines{[](auto& self) -> task<> { co_await self.ask(lab::echo{"x"}); }});
      ::usleep(100'000);
      auto report = n.stop();
      for (auto& s : report.stragglers)
        if (!s.ended) say(std::string(s.name.view()) + " | " + s.doing);
      say(report.clean ? "clean" : "not clean");
      return 0;
    }};
    CAPTURE(threads);
    CHECK(child.line() == "stuck");
    CHECK(child.line().starts_with("lab | lab: lab.echo for "));
    CHECK(child.line() == "not clean");
    CHECK(child.wait() == 0);
  }
}

TEST_CASE("run prints the options after --help and starts nothing") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  child_process child{[&](auto&) {
    ::dup2(ends[1], STDOUT_FILENO);
    node n{configuration::from({"--help"}, {})};
    n.provide<lab_worker>({}, make_conduct());
    auto code = n.run();
    std::fflush(stdout);
    return code;
  }};
  ::close(ends[1]);
  std::string text;
  for (char c = 0; ::read(ends[0], &c, 1) == 1;) text += c;
  ::close(ends[0]);
  CHECK(child.wait() == 0);
  CHECK(text.find("node.data") != std::string::npos);
  CHECK(text.find("node.ask-timeout") != std::string::npos);
}

TEST_CASE("only one node of a process waits for signals, and the former handlers come back") {
  struct sigaction before{}, after{};
  ::signal(SIGTERM, SIG_IGN);
  ::sigaction(SIGTERM, nullptr, &before);
  {
    signal_wait first;
    CHECK_THROWS_WITH_AS(signal_wait{},
                         "another node of this process waits for signals already: use start() and stop() for this one",
                         failure);
    ::raise(SIGTERM);
    first.wait();
  }
  ::sigaction(SIGTERM, nullptr, &after);
  CHECK((after.sa_handler == SIG_IGN));
  ::signal(SIGTERM, SIG_DFL);
  CHECK_NOTHROW(signal_wait{});
}
