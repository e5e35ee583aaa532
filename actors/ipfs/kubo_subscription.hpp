/// A subscription to a topic of a Kubo daemon's pub/sub, which outlives the daemon's restarts.
#pragma once

#include "actors/ipfs/kubo_client.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>

namespace pillar::ipfs {

struct kubo_message {
  std::string from = {}; ///< the sender's peer id
  bool own = false;      ///< it was sent through the daemon that this subscription is with
  bytes data = {};
  bytes sequence = {}; ///< the sender's number of it; with `from` it names the message
  std::string topic = {};
};

/// Messages were, or may have been, lost before the next one.
struct kubo_gap {
  std::string reason = {};
  std::uint64_t dropped =
      0; ///< that came and were dropped because nobody took them; 0: nobody knows how many there were
};

using kubo_event = std::variant<kubo_message, kubo_gap>;

struct kubo_subscription_options {
  std::size_t most_waiting = 1000;            ///< messages; beyond, the oldest are dropped
  std::size_t most_waiting_bytes = 16 << 20;  ///< of their data
  std::chrono::milliseconds first_delay{100}; ///< before connecting again; doubled at each failure
  std::chrono::milliseconds longest_delay = std::chrono::seconds(30);
  std::function<void()> notify = {}; ///< called, from another thread, when there is something after there was nothing
};

/// Receives in a thread of its own, so that the daemon never waits. Thread-safe.
class kubo_subscription {
public:
  /// Subscribes, and returns when the daemon has. `own` is the daemon's peer id. Throws as kubo_ipfs::publish.
  kubo_subscription(std::shared_ptr<const engine::kubo_client> client, std::string topic, std::string own,
                    kubo_subscription_options options);
  kubo_subscription(const kubo_subscription&) = delete;
  kubo_subscription& operator=(const kubo_subscription&) = delete;
  ~kubo_subscription();

  /// What came next. Throws, for good, when the subscription cannot go on: not_granted, unsupported.
  std::optional<kubo_event> try_next();
  kubo_event next(const std::stop_token& stop = {}); ///< waits for it; throws cancelled after a stop

private:
  engine::kubo_reply connect() const;
  void run(std::optional<engine::kubo_reply> stream);
  void wait(std::chrono::milliseconds time);
  void push(kubo_event event);
  std::optional<kubo_event> pop();

  const std::shared_ptr<const engine::kubo_client> client_;
  const std::string topic_;
  const std::string own_;
  const kubo_subscription_options options_;
  std::stop_source stop_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<kubo_event> events_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t dropped_ = 0; ///< since the last event was taken
  std::optional<failure> ended_;
  std::jthread thread_;
};

} // namespace pillar::ipfs
