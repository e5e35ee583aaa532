// Streams whose handler does something before the ask is answered.
#include "tests/support/deterministic_node.hpp"

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

namespace opening {

struct from {
  using reply = pillar::stream<int>;
  int first = 0;
};
BOOST_DESCRIBE_STRUCT(from, (), (first))

struct service : pillar::interface<"opening", from> {};

} // namespace opening
template struct pillar::wire<opening::service>;

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using asker = script<opening::service>;

namespace {

int opened = 0;

class opener : public worker<opener, opening::service> {
public:
  explicit opener(const context& ctx) : worker(ctx) {}
  task<source<int>> on(opening::from request) {
    co_await sleep_for(1s);
    if (request.first < 0) throw failure(errc::bad_request, "negative");
    opened = co_await offload([&] { return request.first; });
    co_return count(request.first);
  }

private:
  static source<int> count(int first) {
    for (int i = 0; i < 3; ++i) co_yield first + i;
  }
};

struct fixture {
  fixture() {
    opened = 0;
    n->provide<opener>({});
    n->start();
  }
  void run(asker::lines lines) {
    n->spawn<asker>("asker", std::move(lines));
    n.run();
  }
  deterministic_node n;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a stream that is opened by a task is answered when the task is done") {
  std::vector<int> got;
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(opening::from{5});
    CHECK(opened == 5);
    while (auto number = co_await numbers.next()) got.push_back(*number);
  });
  CHECK(opened == 0);
  n.advance(1s);
  CHECK(got == std::vector<int>{5, 6, 7});
}

TEST_CASE_FIXTURE(fixture, "what the task throws is the ask's failure") {
  std::string error;
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.try_ask(opening::from{-1});
    if (!numbers) error = numbers.error().message();
  });
  n.advance(1s);
  CHECK(error == "negative");
}
