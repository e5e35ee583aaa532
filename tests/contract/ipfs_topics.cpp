/// What interfaces/ipfs_topics.hpp promises, over every backend.
#include "tests/contract/ipfs_support.hpp"

using namespace pillar;
using namespace pillar::test;
using namespace pillar::test::literals;
using ipfs::publish;
using ipfs::subscribe;

namespace {

bytes every_byte() {
  bytes out;
  for (int i = 0; i < 256; ++i) out.push_back(std::byte(i));
  return out;
}

} // namespace

TEST_SUITE_BEGIN("kubo");

TEST_CASE("messages of any bytes reach who is subscribed to their topic, and name their sender") {
  with_every_ipfs([](contract_node& node) {
    for (const auto& topic : {std::string("topic"), to_text(every_byte()), std::string("\0\n/?&=\xff", 7)}) {
      auto messages = node.ask(subscribe{topic});
      auto others = node.ask(subscribe{topic + "!"});
      std::optional<std::uint64_t> before;
      for (const auto& data : {"text"_bytes, bytes(), every_byte(), bytes(500'000, std::byte{7})}) {
        node.ask(publish{topic, data});
        auto message = messages.next();
        REQUIRE(message);
        CHECK(message->topic == topic);
        CHECK((message->data == data));
        CHECK(message->from == node.ask(ipfs::get_id{}).id);
        CHECK(message->own);
        CHECK(message->missed == 0);
        CHECK(!message->gap);
        if (before) CHECK(message->sequence != *before);
        before = message->sequence;
      }
      node.ask(publish{topic + "!", "for others"_bytes});
      CHECK(to_text(others.next()->data) == "for others");
    }
  });
}

TEST_CASE("every subscriber gets every message from when it subscribed") {
  with_every_ipfs([](contract_node& node) {
    node.ask(publish{"topic", "nobody hears this"_bytes});
    auto first = node.ask(subscribe{"topic"});
    node.ask(publish{"topic", "one"_bytes});
    CHECK(to_text(first.next()->data) == "one");
    auto second = node.ask(subscribe{"topic"});
    node.ask(publish{"topic", "two"_bytes});
    CHECK(to_text(first.next()->data) == "two");
    CHECK(to_text(second.next()->data) == "two");
  });
}

TEST_CASE("a subscriber that does not read in time loses the oldest messages, and is told how many") {
  with_every_ipfs([](contract_node& node) {
    constexpr std::uint64_t all = 1300; // of which 1,000 are kept
    auto slow = node.ask(subscribe{"topic"});
    for (std::uint64_t i = 1; i <= all; ++i) node.ask(publish{"topic", bytes(1)});
    std::uint64_t missed = 0, taken = 0;
    while (taken + missed < all) {
      missed += slow.next()->missed;
      ++taken;
    }
    CHECK(taken + missed == all);
    CHECK(taken >= 1000);
  });
}

TEST_CASE("topics and messages that cannot be are refused") {
  with_every_ipfs([](contract_node& node) {
    for (const auto& topic : {std::string(), std::string(1025, 'x')}) {
      CHECK(node.error_of(publish{topic, "data"_bytes}) == "bad_request");
      CHECK(read_all(node, subscribe{topic}).error() == "bad_request");
    }
    CHECK(node.error_of(publish{"topic", bytes((1 << 20) + 1)}) == "too_large");
    CHECK(node.error_of(publish{std::string(1024, 'x'), "data"_bytes}) == "none");
  });
}

TEST_SUITE_END();
