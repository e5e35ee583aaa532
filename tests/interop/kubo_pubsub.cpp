#include "tests/actors/ipfs/support.hpp"
#include "tests/interop/kubo_support.hpp"

#include <set>

using namespace pillar;
using namespace pillar::test;
using namespace std::chrono_literals;
using namespace ipfs;
using ipfs::engine::view_of;

namespace {

std::string all_bytes() {
  std::string out;
  for (int i = 0; i < 256; ++i) out += static_cast<char>(i);
  return out;
}

} // namespace

TEST_SUITE_BEGIN("kubo");

TEST_CASE("any bytes are published under any topic, and own messages are marked") {
  kubo_daemon daemon;
  auto ipfs = open(daemon);
  for (const auto& topic : {std::string("topic"), all_bytes(), std::string("\0\n/?&=\xff", 7)}) {
    reading subscription(*ipfs, topic);
    CHECK(!subscription.try_next());
    for (const auto& data : {std::string("text"), std::string(), all_bytes(), noise(500'000)}) {
      ipfs->publish(topic, view_of(data));
      auto message = subscription.next();
      CHECK(engine::text_of(message.data) == data);
      CHECK(message.topic == topic);
      CHECK(message.own);
      CHECK(message.from == ipfs->identity().id);
      CHECK(message.sequence != 0);
      CHECK(message.missed == 0);
      CHECK(!message.gap);
    }
  }
}

TEST_CASE("messages cross between two daemons, once each") {
  kubo_daemon one, other;
  one.connect_to(other);
  auto sender = open(one), receiver = open(other);
  reading subscription(*receiver, "topic");
  // The daemons tell each other of subscriptions when they like.
  std::optional<message> first;
  while (!first) {
    sender->publish("topic", view_of("hello"));
    first = subscription.try_next();
  }
  for (int i = 0; i < 200; ++i) sender->publish("topic", view_of(std::to_string(i)));
  std::multiset<std::string> received, expected;
  for (int i = 0; i < 200; ++i) expected.insert(std::to_string(i));
  while (received.size() < expected.size()) { // their order is nobody's promise
    auto message = subscription.next();
    CHECK(!message.own);
    CHECK(message.from == sender->identity().id);
    if (engine::text_of(message.data) != "hello") received.emplace(engine::text_of(message.data));
  }
  CHECK(received == expected);
}

TEST_CASE("a subscription outlives the daemon, and tells of the gap") {
  kubo_daemon daemon;
  auto options = options_for(daemon);
  options.reconnect = {.first_delay = 10ms, .longest_delay = 100ms};
  auto ipfs = open(options);
  reading subscription(*ipfs, "topic");
  ipfs->publish("topic", view_of("before"));
  CHECK(engine::text_of(subscription.next().data) == "before");
  daemon.kill();
  daemon.start();
  // Nobody hears when it has subscribed again.
  std::optional<message> after;
  while (!after) {
    ipfs->publish("topic", view_of("after"));
    after = subscription.try_next();
  }
  CHECK(after->gap);
  CHECK(engine::text_of(after->data) == "after");
  ipfs->publish("topic", view_of("again"));
  CHECK(!subscription.next().gap);
}

TEST_CASE("a subscriber that does not read has a bounded number of messages kept for it, and is told of the others") {
  constexpr std::size_t all = subscription::most_waiting + 200;
  kubo_daemon daemon;
  auto ipfs = open(daemon);
  reading slow(*ipfs, "topic");
  std::uint64_t missed = 0, taken = 0;
  for (std::size_t i = 1; i <= all; ++i) ipfs->publish("topic", view_of(std::to_string(i)));
  while (taken + missed < all) {
    missed += slow.next().missed;
    ++taken;
  }
  CHECK(taken + missed == all);
}

TEST_CASE("a daemon without pub/sub says how to switch it on") {
  kubo_daemon daemon({.settings = R"({"Pubsub": {"Enabled": false}})"});
  auto ipfs = open(daemon);
  for (const auto& f : {failure_of([&] { ipfs->subscribe("topic", {}); }),
                        failure_of([&] { ipfs->publish("topic", view_of("data")); })}) {
    CHECK(f.code() == errc::unsupported);
    CHECK(f.message().find("Pubsub.Enabled") != std::string::npos);
  }
}

TEST_CASE("topics and messages that are too long are refused before they are sent") {
  kubo_daemon daemon;
  auto ipfs = open(daemon);
  CHECK(failure_of([&] { ipfs->publish("", view_of("data")); }).code() == errc::bad_request);
  CHECK(failure_of([&] { ipfs->subscribe(std::string(1025, 'x'), {}); }).code() == errc::bad_request);
  CHECK(failure_of([&] { ipfs->publish("topic", view_of(std::string((1 << 20) + 1, 'x'))); }).code()
        == errc::too_large);
}

TEST_SUITE_END();
