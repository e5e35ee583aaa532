#include "actors/ipfs/format/multibase.hpp"
#include "actors/ipfs/kubo/kubo_client.hpp"
#include "runtime/auto_reset_event.hpp"
#include "tools/benchmarks/ipfs/content.hpp"
#include "tools/benchmarks/ipfs/ipfs_node.hpp"
#include "tools/benchmarks/ipfs/kubo_peer.hpp"
#include "tools/benchmarks/ipfs/machine.hpp"
#include "tools/benchmarks/ipfs/parts.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>

namespace pillar::bench {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t message_size = 64;
constexpr std::size_t outstanding = 64;  // publishes that a publisher waits for at once
constexpr std::size_t in_a_burst = 512;  // messages after which it looks how far the subscribers are
constexpr std::size_t most_behind = 400; // with a burst on top still fewer than are kept for a subscriber

/// Subscribes, and tells another thread of it.
task<stream<ipfs::message>> subscribe(caller& by, const std::string& topic, std::promise<void>& done) {
  try {
    auto arriving = co_await by.ask(ipfs::subscribe{topic});
    done.set_value();
    co_return arriving;
  } catch (...) {
    done.set_exception(std::current_exception());
    throw;
  }
}

/// A topic with one publisher and some subscribers, none of whom is left behind so far that it loses messages.
class channel : public std::enable_shared_from_this<channel> {
public:
  channel(std::string topic, std::size_t subscribers, std::size_t messages)
      : topic_(std::move(topic)), messages_(messages / in_a_burst * in_a_burst), received_(subscribers) {}

  std::size_t messages() const { return messages_; }

  /// Begins to subscribe; the first future is ready when it is done, the second at the last message.
  std::pair<std::future<void>, std::future<void>> subscriber(node& n, std::size_t number) {
    auto subscribed = std::make_shared<std::promise<void>>();
    auto begun = subscribed->get_future();
    auto ended = in_plugin(n, [self = shared_from_this(), number, subscribed](caller& by) {
      return self->receive(by, number, *subscribed);
    });
    return {std::move(begun), std::move(ended)};
  }
  std::future<void> publisher(node& n) {
    return in_plugin(n, [self = shared_from_this()](caller& by) { return self->send(by); });
  }

private:
  task<> receive(caller& by, std::size_t number, std::promise<void>& subscribed) {
    auto arriving = co_await subscribe(by, topic_, subscribed);
    for (std::size_t i = 1; i <= messages_; ++i) {
      auto message = co_await arriving.next();
      auto lost = !message || message->missed > 0;
      received_[number] = lost ? messages_ : i; // nobody waits for one that has failed
      if (lost || i % (most_behind / 4) == 0) wake_publisher();
      if (lost) throw failure(errc::internal, "messages were lost");
    }
  }

  task<> send(caller& by) {
    auto_reset_event caught_up;
    {
      std::lock_guard lock{mutex_};
      notify_ = caught_up.setter();
    }
    for (std::size_t sent = 0; sent < messages_; sent += in_a_burst) {
      while (sent > slowest() + most_behind) co_await caught_up.wait();
      std::vector<task<>> loops;
      for (std::size_t i = 0; i < outstanding; ++i) loops.push_back(publish(by, in_a_burst / outstanding));
      co_await all_of(std::move(loops));
    }
  }
  task<> publish(caller& by, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) co_await by.ask(ipfs::publish{topic_, bytes(message_size)});
  }

  std::size_t slowest() const {
    std::size_t least = messages_;
    for (auto& r : received_) least = std::min<std::size_t>(least, r);
    return least;
  }
  void wake_publisher() {
    std::lock_guard lock{mutex_};
    if (notify_) notify_();
  }

  std::string topic_;
  std::size_t messages_;
  std::deque<std::atomic<std::size_t>> received_; ///< by subscriber
  std::mutex mutex_;
  std::function<void()> notify_;
};

/// Messages that arrive in a second at all subscribers together.
double deliveries_per_second(node& n, std::size_t channels, std::size_t subscribers, std::size_t messages) {
  static unsigned run = 0;
  ++run;
  std::vector<std::shared_ptr<channel>> all;
  std::vector<std::future<void>> ended;
  for (std::size_t c = 0; c < channels; ++c) {
    all.push_back(std::make_shared<channel>("topic-" + std::to_string(run) + "-" + std::to_string(c), subscribers,
                                            messages / channels / subscribers));
    for (std::size_t s = 0; s < subscribers; ++s) {
      auto [subscribed, end] = all.back()->subscriber(n, s);
      subscribed.get();
      ended.push_back(std::move(end));
    }
  }
  auto took = seconds_of([&] {
    std::vector<std::future<void>> sent;
    for (auto& c : all) sent.push_back(c->publisher(n));
    for (auto& s : sent) s.get();
    for (auto& e : ended) e.get();
  });
  return static_cast<double>(all.front()->messages() * channels * subscribers) / took;
}

/// One after the other, through a node with the daemon behind it.
double publish_rate_of_node(node& n, const std::string& topic, std::size_t messages) {
  auto took = seconds_of([&] {
    in_plugin(n, [&](caller& by) -> task<> {
      for (std::size_t i = 0; i < messages; ++i) co_await by.ask(ipfs::publish{topic, bytes(message_size)});
    }).get();
  });
  return static_cast<double>(messages) / took;
}

/// One after the other, on one connection to the daemon.
double publish_rate_of_kubo(const ipfs::engine::kubo_client& client, const std::string& topic, std::size_t messages) {
  bytes data(message_size);
  ipfs::engine::kubo_request request{
      .command = "pubsub/pub",
      .arguments = {{"arg", encode_multibase(ipfs::engine::base::base64url, ipfs::engine::view_of(topic))}}};
  auto took = seconds_of([&] {
    for (std::size_t i = 0; i < messages; ++i) client.ask(request, data).json();
  });
  return static_cast<double>(messages) / took;
}

/// Keeps a topic subscribed, as long as the object lives, by a plugin that reads what comes.
class listener {
public:
  listener(node& n, std::string topic) : topic_(std::move(topic)) {
    auto subscribed = std::make_shared<std::promise<void>>();
    auto begun = subscribed->get_future();
    ended_ = in_plugin(n, [this, subscribed](caller& by) { return listen(by, *subscribed); });
    begun.get();
  }
  std::size_t received() const { return received_; }

private:
  task<> listen(caller& by, std::promise<void>& subscribed) {
    auto arriving = co_await subscribe(by, topic_, subscribed);
    while (co_await arriving.next()) ++received_;
  }

  std::string topic_;
  std::atomic<std::size_t> received_ = 0;
  std::future<void> ended_;
};

} // namespace

void measure_pubsub(const options& o, const fs::path& directory, report& to) {
  samples one, several, fan_out;
  {
    auto n = start_node(directory / "node");
    for (std::size_t round = 0; round < o.rounds; ++round) {
      one.push_back(deliveries_per_second(*n, 1, 1, o.messages));
      several.push_back(deliveries_per_second(*n, 4, 1, o.messages));
      fan_out.push_back(deliveries_per_second(*n, 1, 4, o.messages));
    }
    stop_node(std::move(n));
  }
  to.figure("messages/s, 1 publisher and 1 subscriber", one, at_least(200'000));
  to.figure("  4 publishers with a subscriber each", several);
  to.figure("  1 publisher and 4 subscribers: deliveries/s", fan_out);
  if (o.without_kubo) return;

  samples through_node, kubo;
  kubo_peer peer;
  ipfs::engine::kubo_client client({.api = peer.api()});
  auto n = start_node(directory / "node-with-kubo", behind_it(peer.api()));
  listener listening(*n, "topic");
  for (std::size_t round = 0; round < o.rounds; ++round) {
    auto measure_node = [&] { through_node.push_back(publish_rate_of_node(*n, "topic", o.kubo_messages)); };
    if (round % 2 == 0) measure_node(); // who comes second finds the daemon busy with the first one's messages
    kubo.push_back(publish_rate_of_kubo(client, "topic", o.kubo_messages));
    if (round % 2 == 1) measure_node();
  }
  if (listening.received() == 0) throw failure(errc::internal, "no message came back from the daemon");
  stop_node(std::move(n));
  to.rates("messages/s, Kubo backend, 1 publisher", through_node, kubo, at_least(0.8));
}

} // namespace pillar::bench
