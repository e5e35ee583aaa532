#include "actors/ipfs/topic_hub.hpp"

namespace pillar::ipfs {

namespace {
constexpr std::size_t longest_topic = 1 << 10;   // bytes
constexpr std::size_t longest_message = 1 << 20; // bytes; what gossipsub carries
} // namespace

void check_topic(std::string_view topic) {
  if (topic.empty() || topic.size() > longest_topic)
    throw failure(errc::bad_request, "the topic " + engine::in_quotes(topic) + " has " + std::to_string(topic.size())
                                         + " bytes: use 1 to 1024");
}

void check_message(std::string_view topic, engine::bytes_view data) {
  if (data.size() > longest_message)
    throw failure(errc::too_large, "the message for " + engine::in_quotes(topic) + " has " + std::to_string(data.size())
                                       + " bytes, and 1 MiB are the most");
}

/// Takes its queue out of the topic when it goes.
class topic_hub::hub_subscription final : public subscription {
public:
  hub_subscription(std::shared_ptr<state> hub, std::string topic, std::function<void()> notify)
      : hub_(std::move(hub)), topic_(std::move(topic)), queue_(std::make_shared<message_queue>(std::move(notify))) {
    change([this](queues& all) { all.push_back(queue_); });
  }
  ~hub_subscription() override {
    change([this](queues& all) { std::erase(all, queue_); });
  }
  std::optional<message> try_next() override { return queue_->try_next(); }

private:
  /// Copies the list, so that who publishes reads it without a lock.
  template <class Change> void change(const Change& what) {
    std::lock_guard lock(hub_->mutex);
    auto& now = hub_->topics[topic_];
    auto next = now ? std::make_shared<queues>(*now) : std::make_shared<queues>();
    what(*next);
    if (next->empty()) hub_->topics.erase(topic_);
    else now = std::move(next);
  }

  std::shared_ptr<state> hub_;
  std::string topic_;
  std::shared_ptr<message_queue> queue_;
};

void topic_hub::publish(std::string_view topic, engine::bytes_view data) {
  check_topic(topic);
  check_message(topic, data);
  auto sequence = ++sequence_;
  std::shared_ptr<const queues> all;
  {
    std::lock_guard lock(state_->mutex);
    if (auto found = state_->topics.find(topic); found != state_->topics.end()) all = found->second;
  }
  if (!all) return;
  for (auto& queue : *all)
    queue->push({.topic = std::string(topic),
                 .from = sender_,
                 .sequence = sequence,
                 .data = {data.begin(), data.end()},
                 .own = true});
}

std::unique_ptr<subscription> topic_hub::subscribe(std::string_view topic, std::function<void()> notify) {
  check_topic(topic);
  return std::make_unique<hub_subscription>(state_, std::string(topic), std::move(notify));
}

} // namespace pillar::ipfs
