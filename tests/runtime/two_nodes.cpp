#include "tests/support/two_nodes.hpp"

#include "tests/runtime/lab.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using asker = script<lab::service>;

namespace {

/// The lab is on b; a asks it, directly and through its own front.
struct fixture {
  fixture() {
    net.b->provide<lab_worker>({}, lab);
    net.a->learn<lab::service>();
    net.a->learn<front::service>();
    net.start();
    net.b.scheduler().clock().current_time += 1000h; // the nodes' clocks have nothing in common
    net.connect("lab");
    net.a->provide<front_worker>({}, front);
    net.run();
  }
  template <class Request> auto ask(Request request, std::optional<duration> limit = {}) {
    auto asked = net.a.start_ask(std::move(request), "test", limit);
    net.run();
    return asked;
  }
  shared_conduct lab = make_conduct();
  shared_conduct front = make_conduct();
  two_nodes net;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a worker on another node answers as one here does") {
  CHECK(*ask(lab::echo{"over the wire"}) == "over the wire");
  CHECK(lab->seen == std::vector<std::string>{"lab echo over the wire"});
  auto noted = ask(lab::note{"no reply"});
  CHECK(noted.get().has_value());
}

TEST_CASE_FIXTURE(fixture, "a failure crosses nodes with its code and message") {
  lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
    throw failure(errc::conflict, "revision 7 of " + text);
    co_return "";
  };
  CHECK(ask(lab::echo{"a"}).get().error() == failure{errc::conflict, "revision 7 of a"});
  lab->echo = [](lab_worker&, std::string) -> task<std::string> {
    throw std::runtime_error("the wheel broke");
    co_return "";
  };
  CHECK(ask(lab::echo{"a"}).get().error() == failure{errc::internal, "the wheel broke"});
}

TEST_CASE_FIXTURE(fixture, "the time that is left, the trace, the caller and the sender cross nodes") {
  front->relay = [](front_worker& self, std::string text) -> task<std::string> {
    co_await sleep_for(4s);
    co_return co_await self.ask(lab::echo{text});
  };
  auto asked = ask(front::relay{"a"}, 10s);
  net.advance(4s);
  CHECK(*asked == "a");
  CHECK(lab->head->deadline == net.b.now() + 6s);
  CHECK(lab->head->caller == actor_name{"test/1"});
  CHECK(lab->head->sender == actor_name{"front"});
  CHECK(lab->head->trace == front->head->trace);
}

TEST_CASE_FIXTURE(fixture, "an ask that expires while it is on another node names the worker there") {
  lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
    co_await sleep_for(1h);
    co_return text;
  };
  auto asked = ask(lab::echo{"a"}, 5s);
  net.advance(5s);
  CHECK(asked.error() == "expired");
  CHECK(asked.message() == "test/1 waited 5000 ms in run for lab.echo at lab");
}

TEST_CASE_FIXTURE(fixture, "streams cross nodes with their credit") {
  std::uint64_t made = 0;
  auto token = std::make_shared<int>();
  lab->count = [&](lab_worker&, std::uint64_t to) -> source<std::uint64_t> {
    auto kept = token;
    for (; made < to;) co_yield ++made;
  };
  std::uint64_t read = 0;
  net.a->spawn<asker>("reader", asker::lines{[&](asker& self) -> task<> {
                        auto numbers = co_await self.ask(lab::count{100});
                        while (auto number = co_await numbers.next()) {
                          CHECK(*number == ++read);
                          CHECK(made <= read + outflow::read_ahead + stream<std::uint64_t>::credit);
                        }
                      }});
  net.run();
  CHECK(read == 100);
  CHECK(token.use_count() == 1);
}

TEST_CASE_FIXTURE(fixture, "a reader that lets go of a stream ends its producer on another node") {
  auto token = std::make_shared<int>();
  lab->count = [&](lab_worker&, std::uint64_t to) -> source<std::uint64_t> {
    auto kept = token;
    for (std::uint64_t i = 1; i <= to; ++i) co_yield i;
  };
  net.a->spawn<asker>("reader", asker::lines{[&](asker& self) -> task<> {
                        auto numbers = co_await self.ask(lab::count{1000});
                        co_await numbers.next();
                        CHECK(token.use_count() == 2);
                      }});
  net.run();
  CHECK(token.use_count() == 1);
}

TEST_CASE_FIXTURE(fixture, "a failure in the middle of a stream crosses nodes after the items") {
  lab->count = [](lab_worker&, std::uint64_t to) -> source<std::uint64_t> {
    for (std::uint64_t i = 1; i <= to; ++i) co_yield i;
    throw failure(errc::damaged, "block 4 does not verify");
  };
  std::uint64_t read = 0;
  std::string caught;
  net.a->spawn<asker>("reader", asker::lines{[&](asker& self) -> task<> {
                        auto numbers = co_await self.ask(lab::count{3});
                        try {
                          while (co_await numbers.next()) ++read;
                        } catch (const failure& f) {
                          caught = to_string(f);
                        }
                      }});
  net.run();
  CHECK(read == 3);
  CHECK(caught == "damaged: block 4 does not verify");
}

TEST_CASE_FIXTURE(fixture, "a worker that is killed on another node abandons its callers here") {
  lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
    co_await sleep_for(1h);
    co_return text;
  };
  auto asked = ask(lab::echo{"a"});
  net.b.kill("lab");
  net.run();
  CHECK(asked.error() == "abandoned");
}

TEST_CASE_FIXTURE(fixture, "a request that a worker on another node does not know is answered so") {
  auto remote = net.a->services().route_of("lab")->current()->front();
  auto here = net.a->services().route_of("front")->current()->front();
  net.a->services().route_of("front")->remove(here.worker.get());
  net.a->services().route_of("front")->add(remote);
  CHECK(ask(front::relay{"a"}).error() == "unknown_request");
}

TEST_CASE_FIXTURE(fixture, "a worker here is preferred to one on another node") {
  auto own = make_conduct();
  net.a->provide<lab_worker>({.name = "own"}, own);
  net.run();
  CHECK(*ask(lab::echo{"near"}) == "near");
  CHECK(own->seen.size() == 1);
  CHECK(lab->seen.empty());
}

TEST_CASE_FIXTURE(fixture, "an answer of another kind than the reply crosses nodes and is refused") {
  auto liar = net.b->system().spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](const envelope&, const lab::echo&) { return std::uint64_t{42}; }};
  });
  auto route_b = net.b->services().route_of("liar");
  route_b->add({caf::actor_cast<caf::strong_actor_ptr>(liar), actor_name{"liar"}, true});
  net.connect("liar");
  auto remote = net.a->services().route_of("liar")->current()->front();
  auto lab_route = net.a->services().route_of("lab");
  lab_route->remove(lab_route->current()->front().worker.get());
  lab_route->add(remote);
  auto asked = ask(lab::echo{"a"});
  CHECK(asked.error() == "incompatible");
  CHECK(asked.message() == "liar answered lab.echo with something else than its reply");
  route_b->remove(caf::actor_cast<caf::strong_actor_ptr>(liar).get());
  caf::anon_send_exit(liar, caf::exit_reason::kill);
  net.run();
}
