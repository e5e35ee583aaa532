// Several nodes in one process, each with its own data directory, identity, configuration and log.
#include "tests/runtime/lab.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using pillar::test::temporary_directory;

namespace {

configuration settings(std::string_view name, const std::filesystem::path& data) {
  configuration c;
  c.set("node.name", std::string(name));
  c.set("node.data", data);
  c.set("node.threads", "1");
  c.set("log.file", data.parent_path() / (std::string(name) + ".log"));
  c.set("log.level", "debug");
  return c;
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A real node, on threads, with one lab worker that answers with the node's name.
struct real_node {
  real_node(std::string_view name, const std::filesystem::path& data) : n(settings(name, data)) {
    conduct->echo = [name = std::string(name)](lab_worker&, std::string text) -> task<std::string> {
      co_return name + ": " + text;
    };
    conduct->repeat = [](lab_worker&, std::string) -> task<std::string> {
      throw std::runtime_error("a defect");
      co_return "";
    };
    n.provide<lab_worker>({}, conduct);
  }
  shared_conduct conduct = make_conduct();
  node n;
};

} // namespace

TEST_CASE("nodes of one process answer for themselves and log apart") {
  temporary_directory temporary;
  {
    real_node a{"a", temporary / "a"}, b{"b", temporary / "b"};
    a.n.start();
    b.n.start();
    CHECK(a.n.ask(lab::echo{"hello"}) == "a: hello");
    CHECK(b.n.ask(lab::echo{"hello"}) == "b: hello");
    CHECK_FALSE(a.n.try_ask(lab::repeat{"x"}));
    CHECK(a.n.stop().clean);
    CHECK(b.n.ask(lab::echo{"still"}) == "b: still");
    CHECK(b.n.stop().clean);
  }
  CHECK(content(temporary / "a.log").find("a defect") != std::string::npos);
  CHECK(content(temporary / "b.log").find("a defect") == std::string::npos);
  CHECK(content(temporary / "b.log").find(" b ") != std::string::npos);
}

TEST_CASE("two nodes of one process cannot share a data directory, and the second says who holds it") {
  temporary_directory temporary;
  node a{settings("first", temporary / "data")}, b{settings("second", temporary / "data")};
  CHECK(a.data() == temporary / "data");
  CHECK_THROWS_WITH_AS(
      b.data(), doctest::Contains(", node first: stop that node, or give this one another directory (node.data)"),
      failure);
}

TEST_CASE("a worker that finds the data directory in use fails its node's start with that message") {
  temporary_directory temporary;
  node a{settings("first", temporary / "data")};
  a.data();
  real_node b{"second", temporary / "data"};
  b.conduct->start = [&](actor&) -> task<> {
    b.n.data();
    co_return;
  };
  try {
    b.n.start();
    FAIL("started");
  } catch (const failure& f) {
    CHECK(f.code() == errc::in_use);
    CHECK(f.message().starts_with("lab cannot start: the data directory "));
    CHECK(f.message().find("node first") != std::string::npos);
  }
}

TEST_CASE("a data directory is held until its node has stopped, and free for the next") {
  temporary_directory temporary;
  for (int i = 0; i < 3; ++i) {
    real_node a{"a", temporary / "data"};
    a.n.data();
    a.n.start();
    CHECK(a.n.ask(lab::echo{std::to_string(i)}) == "a: " + std::to_string(i));
    CHECK_THROWS_AS((node{settings("b", temporary / "data")}.data()), failure);
    CHECK(a.n.stop().clean);
    CHECK_NOTHROW((node{settings("b", temporary / "data")}.data()));
  }
}

TEST_CASE("a node whose start failed frees its data directory") {
  temporary_directory temporary;
  real_node a{"a", temporary / "data"};
  a.conduct->start = [&](actor&) -> task<> {
    a.n.data();
    throw failure(errc::damaged, "broken");
    co_return;
  };
  CHECK_THROWS_AS(a.n.start(), failure);
  CHECK_NOTHROW((node{settings("b", temporary / "data")}.data()));
}

TEST_CASE("a node does not take the application's thread, and is asked from several") {
  temporary_directory temporary;
  real_node a{"a", temporary / "data"};
  a.n.start();
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) good += a.n.ask(lab::echo{std::to_string(i)}) == "a: " + std::to_string(i);
    });
  for (auto& t : threads) t.join();
  CHECK(good == 200);
}

TEST_CASE("a node is stopped by another thread than the one that started it") {
  temporary_directory temporary;
  real_node a{"a", temporary / "data"};
  std::thread{[&] { a.n.start(); }}.join();
  CHECK(a.n.ask(lab::echo{"x"}) == "a: x");
  std::thread{[&] { CHECK(a.n.stop().clean); }}.join();
  real_node b{"b", temporary / "data"};
  b.n.start();
  std::thread{[&] { CHECK(b.n.stop().clean); }}.join();
}

TEST_CASE("threads that ask while their node stops get an answer or are told so") {
  temporary_directory temporary;
  for (int round = 0; round < 5; ++round) {
    real_node a{"a", temporary / "data"};
    a.n.start();
    std::atomic<bool> done{false};
    std::atomic<int> good{0}, refused{0};
    std::mutex guard;
    std::string strange; // other outcomes, in words
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
      threads.emplace_back([&] {
        while (!done) {
          auto got = a.n.try_ask(lab::echo{"x"}, {.limit = 5s});
          if (got) ++good;
          else if (got.error().code() == errc::unavailable || got.error().code() == errc::cancelled) ++refused;
          else {
            std::lock_guard lock(guard);
            strange += to_string(got.error()) + "\n";
          }
        }
      });
    while (good < 20) std::this_thread::yield();
    CHECK(a.n.stop().clean);
    auto before = refused.load();
    while (refused < before + 3) std::this_thread::yield();
    done = true;
    for (auto& t : threads) t.join();
    CHECK(strange == "");
  }
}
