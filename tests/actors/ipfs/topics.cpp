#include "actors/ipfs/topic_hub.hpp"
#include "tests/actors/ipfs/support.hpp"

#include <atomic>
#include <thread>

using namespace pillar;
using namespace pillar::ipfs;
using namespace pillar::test;
using engine::view_of;

namespace {

std::string text_of(const std::optional<message>& m) {
  return m ? std::string(engine::text_of(m->data)) : "nothing";
}

} // namespace

TEST_CASE("a message reaches everybody who is subscribed to its topic, marked as own, and nobody else") {
  topic_hub hub("me");
  int notified = 0;
  auto first = hub.subscribe("news", [&] { ++notified; });
  auto second = hub.subscribe("news", {});
  auto other = hub.subscribe("weather", {});
  hub.publish("news", view_of(std::string_view("\0\xff", 2)));
  CHECK(notified == 1);
  auto got = first->try_next();
  REQUIRE(got);
  CHECK(*got
        == message{.topic = "news", .from = "me", .sequence = 1, .data = {std::byte{0}, std::byte{0xff}}, .own = true});
  CHECK(second->try_next() == got);
  CHECK_FALSE(other->try_next());
  CHECK_FALSE(first->try_next());
}

TEST_CASE("a subscriber is notified once for what comes before it reads, and again after") {
  topic_hub hub("me");
  int notified = 0;
  auto news = hub.subscribe("news", [&] { ++notified; });
  for (int i = 0; i < 10; ++i) hub.publish("news", view_of("x"));
  CHECK(notified == 1);
  while (news->try_next()) {
  }
  hub.publish("news", view_of("y"));
  CHECK(notified == 2);
}

TEST_CASE("a slow subscriber loses the oldest messages, and is told how many") {
  topic_hub hub("me");
  auto slow = hub.subscribe("news", {});
  for (std::size_t i = 0; i < subscription::most_waiting + 5; ++i) hub.publish("news", view_of(std::to_string(i)));
  auto first = slow->try_next();
  CHECK(text_of(first) == "5");
  CHECK(first->missed == 5);
  CHECK(slow->try_next()->missed == 0);

  auto large = std::string(1 << 20, 'x');
  while (slow->try_next()) {
  }
  for (int i = 0; i < 20; ++i) hub.publish("news", view_of(large));
  std::size_t kept = 0, missed = 0;
  while (auto next = slow->try_next()) ++kept, missed += next->missed;
  CHECK(kept == subscription::most_waiting_bytes / large.size());
  CHECK(kept + missed == 20);
}

TEST_CASE("a topic without subscribers takes messages, and a subscription that ended gets none") {
  topic_hub hub("me");
  CHECK_NOTHROW(hub.publish("news", view_of("x")));
  hub.subscribe("news", {}).reset();
  auto late = hub.subscribe("news", {});
  hub.publish("news", view_of("y"));
  CHECK(late->try_next()->sequence == 2);
}

TEST_CASE("topics and messages that are too long, and an empty topic, are refused") {
  topic_hub hub("me");
  CHECK(failure_of([&] { hub.publish("", view_of("x")); }).code() == errc::bad_request);
  CHECK(failure_of([&] { hub.subscribe(std::string(1025, 't'), {}); }).code() == errc::bad_request);
  CHECK(failure_of([&] { hub.publish("t", view_of(std::string((1 << 20) + 1, 'x'))); }).code() == errc::too_large);
  CHECK_NOTHROW(hub.publish(std::string(1024, '\n'), view_of(std::string(1 << 20, 'x'))));
}

TEST_CASE("a gap, and the end of a subscription, come at their place") {
  message_queue queue({});
  queue.push({.topic = "t"});
  queue.note_gap();
  queue.push({.topic = "t", .sequence = 1});
  queue.push({.topic = "t", .sequence = 2});
  queue.end(failure(errc::not_granted, "not any more"));
  queue.push({.topic = "t", .sequence = 3});
  CHECK_FALSE(queue.try_next()->gap);
  CHECK(queue.try_next()->gap);
  CHECK_FALSE(queue.try_next()->gap);
  CHECK(failure_of([&] { queue.try_next(); }).code() == errc::not_granted);
  CHECK(failure_of([&] { queue.try_next(); }).code() == errc::not_granted);
}

TEST_CASE("what several threads publish arrives whole, and in the order of each") {
  topic_hub hub("me");
  auto all = hub.subscribe("t", {});
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&hub, t] {
      for (int i = 0; i < 300; ++i) hub.publish("t", view_of(std::to_string(t) + " " + std::to_string(i)));
    });
  for (auto& t : threads) t.join();
  int next[3] = {};
  while (auto m = all->try_next()) {
    auto text = text_of(m);
    CHECK(std::stoi(text.substr(2)) == next[text[0] - '0']++);
  }
  for (auto n : next) CHECK(n == 300);
}
