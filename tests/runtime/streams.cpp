#include "tests/runtime/lab.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;
using asker = script<lab::service>;

namespace {

struct fixture {
  fixture() {
    n->provide<lab_worker>({}, lab);
    n->start();
  }
  void run(asker::lines lines, std::string_view name = "asker") {
    n->spawn<asker>(name, std::move(lines));
    n.run();
  }
  std::size_t activities() {
    for (auto& report : n->reports())
      if (report.name == actor_name{"lab"}) return report.doing.size();
    return 0;
  }
  /// A source that counts what it made.
  void count_made() {
    lab->count = [this](lab_worker&, std::uint64_t to) -> source<std::uint64_t> {
      auto kept = token;
      for (std::uint64_t i = 1; i <= to; ++i) {
        ++made;
        co_yield i;
      }
    };
  }
  std::uint64_t made = 0;
  std::shared_ptr<int> token = std::make_shared<int>();
  shared_conduct lab = make_conduct();
  deterministic_node n;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "the items of a stream come in order and once") {
  std::vector<std::uint64_t> got;
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(lab::count{100});
    while (auto number = co_await numbers.next()) got.push_back(*number);
  });
  REQUIRE(got.size() == 100);
  for (std::uint64_t i = 0; i < 100; ++i) CHECK(got[i] == i + 1);
  CHECK(activities() == 0);
}

TEST_CASE_FIXTURE(fixture, "an empty stream ends at once, and stays at its end") {
  int ends = 0;
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(lab::count{0});
    for (int i = 0; i < 3; ++i)
      if (!co_await numbers.next()) ++ends;
  });
  CHECK(ends == 3);
}

TEST_CASE_FIXTURE(fixture, "a producer makes no more than it may ahead of its reader") {
  count_made();
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(lab::count{1000});
    co_await sleep_for(1s);
    std::uint64_t read = 0;
    while (co_await numbers.next()) {
      ++read;
      CHECK(made <= read + outflow::read_ahead + stream<std::uint64_t>::credit);
      if (read % 10 == 0) co_await sleep_for(1s);
    }
    CHECK(read == 1000);
  });
  CHECK(made == outflow::read_ahead);
  for (int i = 0; i < 102; ++i) n.advance(1s);
  CHECK(made == 1000);
  CHECK(token.use_count() == 1);
}

TEST_CASE_FIXTURE(fixture, "a producer of a large stream never holds more than it may, whatever the order of events") {
  count_made();
  lab->count = [this](lab_worker&, std::uint64_t to) -> source<std::uint64_t> {
    for (std::uint64_t i = 1; i <= to; ++i) {
      ++made;
      if (i % 3 == 0) co_await offload([] {});
      co_yield i;
    }
  };
  std::uint64_t read = 0;
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(lab::count{10'000});
    while (auto number = co_await numbers.next()) {
      CHECK(*number == ++read);
      if (made > read + outflow::read_ahead + stream<std::uint64_t>::credit) FAIL("the producer ran ahead");
    }
  });
  CHECK(read == 10'000);
}

TEST_CASE_FIXTURE(fixture, "a reader that lets go of a stream ends its producer") {
  count_made();
  run([&](asker& self) -> task<> {
    {
      auto numbers = co_await self.ask(lab::count{1000});
      co_await numbers.next();
    }
    co_await sleep_for(1h);
  });
  CHECK(made < 30);
  CHECK(token.use_count() == 1);
  CHECK(activities() == 0);
}

TEST_CASE_FIXTURE(fixture, "a reader that ends, ends its producer") {
  count_made();
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(lab::count{1000});
    co_await numbers.next();
    co_await sleep_for(24h);
  });
  CHECK(token.use_count() == 2);
  n->stop_child("asker");
  n.run();
  CHECK(token.use_count() == 1);
}

TEST_CASE_FIXTURE(fixture, "a reader that ends before its stream has opened, ends its producer") {
  count_made();
  caf::strong_actor_ptr reader;
  n->spawn<asker>("asker", asker::lines{[&](asker& self) -> task<> {
                    reader = caf::strong_actor_ptr{self.ctrl()};
                    static_cast<void>(co_await self.ask(lab::count{1000}));
                  }});
  auto* worker = dynamic_cast<caf::resumable*>(n->services().route_of("lab")->current()->front().worker->get());
  n.scheduler().run_jobs_filtered([&](auto* job) { return job != worker; });
  caf::anon_send_exit(reader, caf::exit_reason::kill);
  reader = nullptr;
  n.run();
  CHECK(made > 0);
  CHECK(token.use_count() == 1);
  CHECK(activities() == 0);
}

TEST_CASE_FIXTURE(fixture, "reading streams leaves nothing in the count of requests that wait") {
  auto worker = actor::behind(n->services().route_of("lab")->current()->front().worker);
  for (int i = 0; i < 3; ++i) {
    auto numbers = n->ask(lab::count{100});
    while (numbers.next()) {
    }
  }
  CHECK(worker->glance().inbox == 0);
}

TEST_CASE_FIXTURE(fixture, "a producer that waits ends when its reader has gone, as soon as it goes on") {
  lab->count = [this](lab_worker&, std::uint64_t to) -> source<std::uint64_t> {
    auto kept = token;
    for (std::uint64_t i = 1; i <= to; ++i) {
      co_await sleep_for(10s);
      co_yield i;
    }
  };
  run([&](asker& self) -> task<> { static_cast<void>(co_await self.ask(lab::count{1000})); });
  CHECK(token.use_count() == 2);
  n.advance(10s);
  CHECK(token.use_count() == 1);
}

TEST_CASE_FIXTURE(fixture, "a failure in the middle of a stream comes after the items that were made") {
  lab->count = [](lab_worker&, std::uint64_t to) -> source<std::uint64_t> {
    for (std::uint64_t i = 1; i <= to; ++i) co_yield i;
    throw failure(errc::damaged, "block 11 does not verify");
  };
  std::vector<std::uint64_t> got;
  std::string caught;
  bool again = true;
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(lab::count{10});
    try {
      while (auto number = co_await numbers.next()) got.push_back(*number);
    } catch (const failure& f) {
      caught = to_string(f);
    }
    again = (co_await numbers.next()).has_value();
  });
  CHECK(got.size() == 10);
  CHECK(caught == "damaged: block 11 does not verify");
  CHECK_FALSE(again);
  CHECK(activities() == 0);
}

TEST_CASE_FIXTURE(fixture, "a stream that fails before its first item opens, and gives the failure when it is read") {
  lab->count = [](lab_worker&, std::uint64_t) -> source<std::uint64_t> {
    throw failure(errc::not_found, "no numbers");
    co_yield 1;
  };
  std::string caught;
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(lab::count{10});
    try {
      co_await numbers.next();
    } catch (const failure& f) {
      caught = f.message();
    }
  });
  CHECK(caught == "no numbers");
}

TEST_CASE_FIXTURE(fixture, "a producer that nobody reads for a minute is ended, and its reader hears why") {
  count_made();
  std::string caught;
  std::uint64_t read = 0;
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(lab::count{1000});
    co_await numbers.next();
    ++read;
    co_await sleep_for(59s);
    for (; read < 20; ++read) co_await numbers.next(); // another pull: it lives on
    co_await sleep_for(61s);
    try {
      while (co_await numbers.next()) ++read;
    } catch (const failure& f) {
      caught = f.message();
    }
  });
  n.advance(59s);
  CHECK(read == 20);
  CHECK(token.use_count() == 2);
  n.advance(60s);
  CHECK(token.use_count() == 1);
  n.advance(1s);
  CHECK(caught == "the stream has ended: it was not read for too long, or its worker restarted");
}

TEST_CASE_FIXTURE(fixture, "a worker that is killed in the middle of a stream fails its reader") {
  count_made();
  std::string caught;
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(lab::count{1000});
    co_await numbers.next();
    co_await sleep_for(1s);
    try {
      while (co_await numbers.next()) {
      }
    } catch (const failure& f) {
      caught = name_of(f.code());
    }
  });
  n.kill("lab");
  n.run();
  CHECK(token.use_count() == 1);
  n.advance(1s);
  CHECK(caught == "unavailable");
}

TEST_CASE_FIXTURE(fixture, "a worker that is killed while its reader waits for items fails the reader") {
  lab->count = [](lab_worker&, std::uint64_t) -> source<std::uint64_t> {
    co_yield 1;
    co_await sleep_for(24h);
    co_yield 2;
  };
  std::string caught;
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(lab::count{2});
    co_await numbers.next();
    try {
      co_await numbers.next();
    } catch (const failure& f) {
      caught = name_of(f.code());
    }
  });
  n.kill("lab");
  n.run();
  CHECK(caught == "abandoned");
}

TEST_CASE_FIXTURE(fixture, "a producer that is stuck fails its reader at the deadline, and is told to stop") {
  lab->count = [this](lab_worker&, std::uint64_t) -> source<std::uint64_t> {
    auto kept = token;
    co_await sleep_for(40s);
    co_yield 1;
    co_yield 2;
  };
  std::string caught;
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(lab::count{2});
    try {
      co_await numbers.next();
    } catch (const failure& f) {
      caught = name_of(f.code());
    }
    co_await sleep_for(1h);
  });
  n.advance(30s);
  CHECK(caught == "expired");
  n.advance(10s); // the producer goes on, and ends since nobody reads it
  CHECK(token.use_count() == 1);
  CHECK(activities() == 0);
}

TEST_CASE_FIXTURE(fixture, "items come as soon as they are made, not when a batch is full") {
  lab->count = [](lab_worker&, std::uint64_t to) -> source<std::uint64_t> {
    for (std::uint64_t i = 1; i <= to; ++i) {
      co_yield i;
      co_await sleep_for(1s);
    }
  };
  std::vector<std::uint64_t> got;
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(lab::count{3});
    while (auto number = co_await numbers.next()) got.push_back(*number);
  });
  CHECK(got.size() == 1);
  n.advance(1s);
  CHECK(got.size() == 2);
}

TEST_CASE_FIXTURE(fixture, "a producer may ask between its items, each time with the usual deadline") {
  lab->count = [this](lab_worker& self, std::uint64_t to) -> source<std::uint64_t> {
    for (std::uint64_t i = 1; i <= to; ++i) {
      co_await sleep_for(20s);
      co_yield i;
    }
    static_cast<void>(self), static_cast<void>(this);
  };
  std::uint64_t read = 0;
  run([&](asker& self) -> task<> {
    auto numbers = co_await self.ask(lab::count{5}, 10s);
    while (co_await numbers.next()) ++read;
  });
  for (int i = 0; i < 10; ++i) n.advance(10s);
  CHECK(read == 5);
}

TEST_CASE_FIXTURE(fixture, "a stream can be moved to another owner and read on") {
  std::vector<std::uint64_t> got;
  run([&](asker& self) -> task<> {
    auto first = co_await self.ask(lab::count{12});
    got.push_back(*co_await first.next());
    auto second = std::move(first);
    while (auto number = co_await second.next()) got.push_back(*number);
    first = co_await self.ask(lab::count{2});
    while (auto number = co_await first.next()) got.push_back(*number);
  });
  CHECK(got.size() == 14);
}

TEST_CASE_FIXTURE(fixture, "two streams of one worker are read in turn") {
  std::vector<std::uint64_t> got;
  run([&](asker& self) -> task<> {
    auto [a, b] = co_await all(self.ask(lab::count{20}), self.ask(lab::count{20}));
    for (int i = 0; i < 20; ++i) {
      got.push_back(*co_await a.next());
      got.push_back(*co_await b.next());
    }
    CHECK_FALSE((co_await a.next()).has_value());
    CHECK_FALSE((co_await b.next()).has_value());
  });
  CHECK(got.size() == 40);
}

TEST_CASE_FIXTURE(fixture, "an application reads a stream from its own thread") {
  count_made();
  auto numbers = n->ask(lab::count{30});
  std::uint64_t read = 0;
  while (auto number = numbers.next()) CHECK(*number == ++read);
  CHECK(read == 30);
  CHECK_FALSE(numbers.next());
  {
    auto dropped = n->ask(lab::count{30});
    CHECK(*dropped.next() == 1);
    CHECK(token.use_count() == 2);
  }
  n.run();
  CHECK(token.use_count() == 1);
}

TEST_CASE_FIXTURE(fixture, "an application hears a failure in the middle of a stream after its items") {
  lab->count = [](lab_worker&, std::uint64_t to) -> source<std::uint64_t> {
    for (std::uint64_t i = 1; i <= to; ++i) co_yield i;
    throw failure(errc::damaged, "the end is missing");
  };
  auto numbers = n->ask(lab::count{3});
  std::uint64_t read = 0;
  CHECK_THROWS_WITH_AS(
      [&] {
        while (numbers.next()) ++read;
      }(),
      "the end is missing", failure);
  CHECK(read == 3);
  CHECK_FALSE(numbers.next());
}
