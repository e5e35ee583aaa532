/// A subscription to a topic of a Kubo daemon's pub/sub, which outlives the daemon's restarts.
#pragma once

#include "actors/ipfs/kubo/kubo_client.hpp"
#include "actors/ipfs/message_queue.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace pillar::ipfs {

/// How long a subscription that was cut off waits before it is made again; doubled at each failure.
struct kubo_reconnect {
  std::chrono::milliseconds first_delay{100};
  std::chrono::milliseconds longest_delay = std::chrono::seconds(30);
};

/// Receives in a thread of its own, so that the daemon never waits. Ends, for whoever reads it, when subscribing again
/// cannot help: not_granted, unsupported, bad_request; and with cancelled after a stop.
class kubo_subscription final : public subscription {
public:
  /// Subscribes, and returns when the daemon has. `own` is the daemon's peer id. Throws as kubo_ipfs::publish.
  kubo_subscription(std::shared_ptr<const engine::kubo_client> client, std::string topic, std::string own,
                    std::function<void()> notify, kubo_reconnect reconnect, std::stop_token stop);
  kubo_subscription(const kubo_subscription&) = delete;
  kubo_subscription& operator=(const kubo_subscription&) = delete;
  ~kubo_subscription() override;

  std::optional<message> try_next() override { return queue_.try_next(); }

private:
  engine::kubo_reply connect() const;
  void run(std::optional<engine::kubo_reply> stream);
  void wait(std::chrono::milliseconds time);

  const std::shared_ptr<const engine::kubo_client> client_;
  const std::string topic_;
  const std::string own_;
  const kubo_reconnect reconnect_;
  message_queue queue_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> stopped_; ///< by the caller

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;
};

} // namespace pillar::ipfs
