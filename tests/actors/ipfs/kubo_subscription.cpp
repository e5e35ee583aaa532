#include "actors/ipfs/kubo_subscription.hpp"
#include "tests/actors/ipfs/kubo/kubo_support.hpp"

#include <future>
#include <semaphore>

using namespace pillar;
using namespace pillar::test;
using namespace std::chrono_literals;
using namespace ipfs;
using namespace ipfs::engine;

namespace {

std::string line(std::string_view data, std::string_view from = "other") {
  return chunk("{\"from\":\"" + std::string(from) + "\",\"data\":\"" + encode_multibase(base::base64url, view_of(data))
               + "\",\"seqno\":\"uAAE\",\"topicIDs\":[\"udG9waWM\"]}\n");
}

server_script serve(std::string lines, bool ends = false) {
  return [=](scripted_connection& c) {
    c.request();
    c.send(chunked_head() + lines);
    if (!ends) c.hang();
  };
}

/// A subscription that is read by waiting for what comes.
class reading {
public:
  explicit reading(const scripted_server& server, std::stop_token stop = {})
      : subscription_(std::make_unique<kubo_subscription>(
            std::make_shared<kubo_client>(kubo_client_options{.api = server.address()}), "topic", "myself",
            [this] { notified_.release(); }, kubo_reconnect{1ms, 10ms}, std::move(stop))) {}

  message next() {
    for (;;) {
      if (auto message = subscription_->try_next()) return std::move(*message);
      notified_.acquire();
    }
  }
  std::optional<message> try_next() { return subscription_->try_next(); }

private:
  std::counting_semaphore<> notified_{0};
  std::unique_ptr<subscription> subscription_;
};

/// A message in short.
std::string next(reading& from) {
  auto message = from.next();
  return std::string(message.gap ? "gap " : "") + (message.own ? "own " : "") + std::string(text_of(message.data));
}

} // namespace

TEST_CASE("messages come in order, own ones marked, empty ones too") {
  scripted_server server(serve(line("a") + line("b", "myself") + line("") + chunk("\n")));
  reading subscription(server);
  CHECK(next(subscription) == "a");
  CHECK(next(subscription) == "own b");
  CHECK(next(subscription) == "");
  CHECK(!subscription.try_next());
}

TEST_CASE("a subscription that ends, breaks or talks nonsense is made again, with a gap") {
  scripted_server server(std::vector<server_script>{
      serve(line("a") + chunks_end(), true), // a daemon that is stopped
      serve(line("b"), true),                // one that is killed
      serve(line("c") + chunks_end("X-Stream-Error: context canceled"), true),
      serve(line("d") + chunk("{\"from\":\"x\",\"data\":\"~\"}\n")), // no multibase
      serve(line("e") + chunk("no JSON\n")),
      [](scripted_connection& c) { c.request(); }, // not up yet
      answer(http_reply("busy", "503 Service Unavailable")),
      serve(line("f")),
  });
  reading subscription(server);
  for (auto expected : {"a", "gap b", "gap c", "gap d", "gap e", "gap f"}) CHECK(next(subscription) == expected);
}

TEST_CASE("the first subscribing fails at once, for whatever reason") {
  scripted_server server(answer(http_reply("busy", "503 Service Unavailable")));
  CHECK(failure_of([&] { reading subscription(server); }).code() == errc::unavailable);
  CHECK(server.connections() == 1);
}

TEST_CASE("a subscription that is refused later ends for good") {
  scripted_server server(std::vector<server_script>{serve(line("a"), true), answer(http_reply("", "403 Forbidden"))});
  reading subscription(server);
  CHECK(next(subscription) == "a");
  CHECK(failure_of([&] { subscription.next(); }).code() == errc::not_granted);
  CHECK(failure_of([&] { subscription.try_next(); }).code() == errc::not_granted);
}

TEST_CASE("of messages that nobody takes the oldest are dropped and counted") {
  constexpr std::size_t all = subscription::most_waiting + 100;
  std::string lines;
  for (std::size_t i = 1; i <= all; ++i) lines += line(std::to_string(i));
  std::promise<void> more;
  scripted_server server([&](scripted_connection& c) {
    c.request();
    c.send(chunked_head() + lines);
    more.get_future().wait();
    c.send(line("last"));
    c.hang();
  });
  reading subscription(server);
  std::uint64_t missed = 0, taken = 0;
  more.set_value();
  for (message last; text_of(last.data) != "last"; ++taken) {
    last = subscription.next();
    missed += last.missed;
  }
  CHECK(taken + missed == all + 1);
}

TEST_CASE("a number of a message is made of all its bytes") {
  scripted_server server(serve(line("a")));
  reading subscription(server);
  auto message = subscription.next();
  CHECK(message.sequence == 1);
  CHECK(message.from == "other");
  CHECK(message.topic == "topic");
}

TEST_CASE("a subscription that is stopped ends with that") {
  scripted_server server(serve(""));
  std::stop_source stop;
  reading subscription(server, stop.get_token());
  auto waiting = std::async(std::launch::async, [&] { return failure_of([&] { subscription.next(); }).code(); });
  stop.request_stop();
  CHECK(waiting.get() == errc::cancelled);
}

TEST_CASE("a subscription ends at any time") {
  scripted_server server(serve(""));
  reading subscription(server);
}

TEST_CASE("a subscription ends while its daemon is away") {
  scripted_server server(std::vector<server_script>{serve(line("a"), true), [](scripted_connection& c) { c.hang(); }});
  reading subscription(server);
  CHECK(next(subscription) == "a");
  // It ends here, whether it is waiting, connecting, or hanging by now.
}
