#include "tests/support/deterministic_node.hpp"

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using pillar::testing::deterministic_node;

namespace shop {
struct price {
  using reply = std::uint64_t;
  std::string what;
};
BOOST_DESCRIBE_STRUCT(price, (), (what))
struct lines {
  using reply = stream<std::string>;
  std::uint32_t count = 0;
};
BOOST_DESCRIBE_STRUCT(lines, (), (count))
struct service : interface<"shop", price, lines> {};
} // namespace shop

namespace {
struct shop_worker : worker<shop_worker, shop::service> {
  explicit shop_worker(const context& ctx) : worker(ctx) {}
  task<std::uint64_t> on(shop::price p) {
    if (p.what == "slow") co_await sleep_for(10s);
    if (p.what == "bad") throw failure(errc::not_found, "no bad");
    if (p.what == "pool") co_return co_await offload([&] { return p.what.size(); });
    co_return p.what.size();
  }
  source<std::string> on(shop::lines l) {
    for (std::uint32_t i = 0; i < l.count; ++i) co_yield "line " + std::to_string(i);
  }
};
} // namespace

TEST_CASE("a worker answers, throws, sleeps and offloads") {
  deterministic_node n;
  n->provide<shop_worker>({});
  n->start();
  auto quick = n.start_ask(shop::price{"abc"});
  auto slow = n.start_ask(shop::price{"slow"});
  auto bad = n.start_ask(shop::price{"bad"});
  auto pool = n.start_ask(shop::price{"pool"});
  auto late = n.start_ask(shop::price{"slow"}, "late", 3s);
  n.run();
  CHECK(*quick == 3);
  CHECK(!slow.ready());
  CHECK(bad.error() == "not_found");
  CHECK(*pool == 4);
  n.advance(5s);
  CHECK(late.error() == "expired");
  CHECK(late.message().find("for shop.price at shop") != std::string::npos);
  n.advance(5s);
  CHECK(*slow == 4);
  CHECK(n->ask(shop::price{"four"}) == 4);
  auto s = n->ask(shop::lines{20});
  int count = 0;
  while (auto line = s.next()) CHECK(*line == "line " + std::to_string(count++));
  CHECK(count == 20);
}
