/// Pub/sub inside one node.
#pragma once

#include "actors/ipfs/message_queue.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace pillar::ipfs {

/// Hands every message to all who are subscribed to its topic. Never waits for a subscriber. Thread-safe.
class topic_hub {
public:
  /// Messages are from `sender`.
  explicit topic_hub(std::string sender) : sender_(std::move(sender)) {}

  /// Throws bad_request (the topic), too_large (the message).
  void publish(std::string_view topic, engine::bytes_view data);
  /// Ends when the subscription is destroyed. Throws bad_request.
  std::unique_ptr<subscription> subscribe(std::string_view topic, std::function<void()> notify);

private:
  class hub_subscription;
  using queues = std::vector<std::shared_ptr<message_queue>>;
  struct state { // outlives the hub with its subscriptions
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<const queues>, std::less<>> topics;
  };

  const std::string sender_;
  std::atomic<std::uint64_t> sequence_ = 0;
  const std::shared_ptr<state> state_ = std::make_shared<state>();
};

/// Throws bad_request unless a topic has 1 to 1024 bytes, and too_large for a message over 1 MiB.
void check_topic(std::string_view topic);
void check_message(std::string_view topic, engine::bytes_view data);

} // namespace pillar::ipfs
