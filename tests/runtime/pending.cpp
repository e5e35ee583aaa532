#include "runtime/pending.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>

using namespace std::chrono_literals;
using namespace pillar;

namespace {
struct waiting final : awaiter {
  void complete(caf::mailbox_element&) override {}
  void expire() override {}
};
} // namespace

TEST_CASE("a waiter is found by its id, once") {
  pending_table table;
  waiting a, b;
  CHECK(table.take(1) == nullptr);
  table.add(7, a);
  table.add(8, b);
  CHECK(table.size() == 2);
  CHECK(table.contains(7));
  CHECK_FALSE(table.contains(9));
  CHECK(table.take(7) == &a);
  CHECK(a.id == 0);
  CHECK(table.take(7) == nullptr);
  CHECK(table.size() == 1);
}

TEST_CASE("many waiters with ids far apart are kept apart") {
  pending_table table;
  std::deque<waiting> all(2000);
  std::vector<std::uint64_t> ids;
  for (std::size_t i = 0; i < all.size(); ++i) {
    ids.push_back(i < 1000 ? i + 1 : 5000 + i * 3);
    table.add(ids.back(), all[i]);
  }
  std::mt19937 random{1};
  std::vector<std::size_t> order(all.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::shuffle(order, random);
  for (auto i : order) REQUIRE(table.take(ids[i]) == &all[i]);
  CHECK(table.size() == 0);
}

TEST_CASE("deadlines ring in their order, and only for those who still wait") {
  pending_table table;
  deadline_list deadlines;
  instant begin{};
  std::deque<waiting> all(300);
  for (std::uint64_t i = 1; i <= 300; ++i) {
    table.add(i, all[i - 1]);
    deadlines.add(begin + std::chrono::seconds((i * 37) % 300), i, table);
  }
  for (std::uint64_t i = 2; i <= 300; i += 2) table.take(i); // answered
  CHECK_FALSE(deadlines.next_due(begin - 1s, table));
  instant last = begin;
  int rung = 0;
  for (auto now = begin; now <= begin + 300s; now += 1s)
    while (auto id = deadlines.next_due(now, table)) {
      CHECK(*id % 2 == 1);
      CHECK(table.take(*id) != nullptr);
      ++rung;
      last = now;
    }
  CHECK(rung == 150);
  CHECK(last > begin + 290s);
  CHECK_FALSE(deadlines.earliest());
}

TEST_CASE("answered requests do not pile up among the deadlines") {
  pending_table table;
  deadline_list deadlines;
  instant begin{};
  waiting w;
  for (std::uint64_t i = 1; i <= 100'000; ++i) {
    table.add(i, w);
    deadlines.add(begin + std::chrono::milliseconds(i), i, table);
    table.take(i);
    REQUIRE(deadlines.size() <= 70);
  }
}

TEST_CASE("deadlines in any order ring when they are due, whoever was answered meanwhile") {
  std::mt19937 random{7};
  for (int run = 0; run < 20; ++run) {
    pending_table table;
    deadline_list deadlines;
    std::deque<waiting> all(400);
    std::map<std::uint64_t, instant> waits; // what must still ring
    instant now{};
    for (std::uint64_t id = 1; id <= all.size(); ++id) {
      auto due = now + std::chrono::milliseconds(random() % 4 == 0 ? random() % 100 : 100); // three in four rise
      table.add(id, all[id - 1]);
      deadlines.add(due, id, table);
      waits[id] = due;
      if (random() % 2 == 0)
        if (auto answered = waits.lower_bound(random() % id); answered != waits.end()) {
          table.take(answered->first);
          waits.erase(answered);
        }
      now += std::chrono::milliseconds(random() % 5);
      while (auto rings = deadlines.next_due(now, table)) {
        REQUIRE(waits.at(*rings) <= now);
        table.take(*rings);
        waits.erase(*rings);
      }
      REQUIRE(std::ranges::none_of(waits, [&](auto& w) { return w.second <= now; }));
      if (!waits.empty()) REQUIRE(deadlines.earliest());
    }
  }
}
