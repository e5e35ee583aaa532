#include "actors/ipfs/kubo_subscription.hpp"
#include "tests/actors/ipfs/kubo_support.hpp"

#include <atomic>
#include <future>

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

std::unique_ptr<kubo_subscription> subscribe(const scripted_server& server, kubo_subscription_options options = {}) {
  options.first_delay = 1ms;
  options.longest_delay = 10ms;
  auto client = std::make_shared<kubo_client>(kubo_client_options{.api = server.address()});
  return std::make_unique<kubo_subscription>(client, "topic", "myself", options);
}

/// An event in short: the message's data, or the number of dropped ones in brackets.
std::string next(kubo_subscription& from) {
  auto event = from.next();
  if (const auto* gap = std::get_if<kubo_gap>(&event)) return "[" + std::to_string(gap->dropped) + "]";
  const auto& message = std::get<kubo_message>(event);
  return (message.own ? "own " : "") + std::string(text_of(message.data));
}

} // namespace

TEST_CASE("messages come in order, own ones marked, empty ones too") {
  scripted_server server(serve(line("a") + line("b", "myself") + line("") + chunk("\n")));
  auto subscription = subscribe(server);
  CHECK(next(*subscription) == "a");
  CHECK(next(*subscription) == "own b");
  CHECK(next(*subscription) == "");
  CHECK(!subscription->try_next());
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
  auto subscription = subscribe(server);
  for (auto expected : {"a", "[0]", "b", "[0]", "c", "[0]", "d", "[0]", "e", "[0]", "f"})
    CHECK(next(*subscription) == expected);
}

TEST_CASE("the first subscribing fails at once, for whatever reason") {
  scripted_server server(answer(http_reply("busy", "503 Service Unavailable")));
  CHECK(failure_of([&] { subscribe(server); }).code() == errc::unavailable);
  CHECK(server.connections() == 1);
}

TEST_CASE("a subscription that is refused later ends for good") {
  scripted_server server(std::vector<server_script>{serve(line("a"), true), answer(http_reply("", "403 Forbidden"))});
  auto subscription = subscribe(server);
  CHECK(next(*subscription) == "a");
  CHECK(failure_of([&] { subscription->next(); }).code() == errc::not_granted);
  CHECK(failure_of([&] { subscription->try_next(); }).code() == errc::not_granted);
}

TEST_CASE("of messages that nobody takes the oldest are dropped and counted") {
  std::string lines;
  for (int i = 0; i < 10; ++i) lines += line(std::to_string(i));
  std::promise<void> more;
  scripted_server server([&](scripted_connection& c) {
    c.request();
    c.send(chunked_head() + lines);
    more.get_future().wait();
    c.send(line("last"));
    c.hang();
  });
  auto subscription = subscribe(server, {.most_waiting = 3});
  std::uint64_t dropped = 0;
  std::vector<std::string> taken;
  more.set_value();
  while (taken.empty() || taken.back() != "last") {
    auto event = subscription->next();
    if (const auto* gap = std::get_if<kubo_gap>(&event)) dropped += gap->dropped;
    else taken.emplace_back(text_of(std::get<kubo_message>(event).data));
  }
  CHECK(taken.size() + dropped == 11);
}

TEST_CASE("large messages that nobody takes are bounded by their bytes") {
  std::string large(600, 'x');
  scripted_server server(serve(line(large) + line(large) + line(large + "last")));
  std::atomic<int> notified = 0;
  auto subscription = subscribe(server, {.most_waiting_bytes = 1000, .notify = [&] { ++notified; }});
  std::uint64_t dropped = 0;
  std::size_t taken = 0;
  for (std::string last; !last.ends_with("last");) {
    auto event = subscription->next();
    if (const auto* gap = std::get_if<kubo_gap>(&event)) dropped += gap->dropped;
    else ++taken, last = text_of(std::get<kubo_message>(event).data);
  }
  CHECK(taken + dropped == 3);
  CHECK(notified >= 1);
}

TEST_CASE("waiting for a message can be stopped, and a subscription ended, at any time") {
  scripted_server server(serve(""));
  auto subscription = subscribe(server);
  std::stop_source stop;
  auto waiting =
      std::async(std::launch::async, [&] { return failure_of([&] { subscription->next(stop.get_token()); }).code(); });
  stop.request_stop();
  CHECK(waiting.get() == errc::cancelled);
}

TEST_CASE("a subscription ends while its daemon is away") {
  scripted_server server(std::vector<server_script>{serve(line("a"), true), [](scripted_connection& c) { c.hang(); }});
  auto subscription = subscribe(server);
  CHECK(next(*subscription) == "a");
  subscription.reset(); // whether it is waiting, connecting, or hanging by now
}
