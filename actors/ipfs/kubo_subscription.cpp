#include "actors/ipfs/kubo_subscription.hpp"

#include "actors/ipfs/multibase.hpp"

#include <algorithm>
#include <exception>
#include <random>
#include <utility>

namespace pillar::ipfs {

using namespace engine;

namespace {

/// Whether subscribing again cannot help.
bool is_final(const failure& f) {
  return f.code() == errc::not_granted || f.code() == errc::unsupported || f.code() == errc::bad_request;
}

bytes decoded(const kubo_place& at, std::string_view text) {
  auto data = decode_multibase(text);
  if (!data) throw failure(errc::io_error, at.text() + ": it sent " + in_quotes(text) + ", which is no multibase");
  return std::move(*data);
}

kubo_message message_of(const kubo_place& at, const boost::json::value& line, const std::string& topic,
                        const std::string& own) {
  auto from = text_in(line, "from");
  auto is_own = from == own;
  auto data = text_in(line, "data"), sequence = text_in(line, "seqno");
  return {std::move(from), is_own, data.empty() ? bytes() : decoded(at, data),
          sequence.empty() ? bytes() : decoded(at, sequence), topic};
}

/// Somewhat less than `time`, so that those who wait for the same daemon do not all come at once.
std::chrono::milliseconds with_jitter(std::chrono::milliseconds time) {
  static thread_local std::minstd_rand random{std::random_device{}()};
  return time - time * (random() % 256) / 1024;
}

} // namespace

kubo_subscription::kubo_subscription(std::shared_ptr<const kubo_client> client, std::string topic, std::string own,
                                     kubo_subscription_options options)
    : client_(std::move(client)), topic_(std::move(topic)), own_(std::move(own)), options_(std::move(options)) {
  auto stream = connect();
  thread_ = std::jthread([this, stream = std::move(stream)]() mutable {
    try {
      run(std::move(stream));
    } catch (...) {
      std::lock_guard lock(mutex_);
      ended_ = to_failure(std::current_exception());
      changed_.notify_all();
    }
    if (!stop_.stop_requested() && options_.notify) options_.notify();
  });
}

kubo_subscription::~kubo_subscription() {
  stop_.request_stop();
}

kubo_reply kubo_subscription::connect() const {
  auto limits = client_->limits();
  limits.idle = limits.total = std::chrono::milliseconds(0); // a topic may be silent for days
  auto stream = client_->open({.command = "pubsub/sub",
                               .arguments = {{"arg", encode_multibase(base::base64url, view_of(topic_))}},
                               .limits = limits,
                               .stop = stop_.get_token()});
  stream.begin(); // its head comes when the subscription stands
  return stream;
}

void kubo_subscription::run(std::optional<kubo_reply> stream) {
  auto delay = options_.first_delay;
  std::string reason;
  while (!stop_.stop_requested()) {
    try {
      if (!stream) {
        stream = connect();
        push(kubo_gap{std::exchange(reason, {})});
      }
      while (auto line = stream->next_line()) {
        delay = options_.first_delay;
        push(message_of(stream->place(), *line, topic_, own_));
      }
      reason = stream->place().text() + ": it ended the subscription";
    } catch (const failure& f) {
      if (is_final(f)) throw;
      if (reason.empty()) reason = f.message();
    }
    stream.reset();
    wait(with_jitter(delay));
    delay = std::min(delay * 2, options_.longest_delay);
  }
}

/// Returns early when the subscription is to end.
void kubo_subscription::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop_.get_token(), time, [] { return false; });
}

void kubo_subscription::push(kubo_event event) {
  bool was_empty;
  {
    std::lock_guard lock(mutex_);
    was_empty = events_.empty() && dropped_ == 0;
    if (const auto* message = std::get_if<kubo_message>(&event)) waiting_bytes_ += message->data.size();
    else if (!events_.empty() && std::holds_alternative<kubo_gap>(events_.back())) events_.pop_back();
    events_.push_back(std::move(event));
    while (events_.size() > 1
           && (events_.size() > options_.most_waiting || waiting_bytes_ > options_.most_waiting_bytes)) {
      if (const auto* message = std::get_if<kubo_message>(&events_.front())) {
        waiting_bytes_ -= message->data.size();
        ++dropped_;
      }
      events_.pop_front(); // a gap is told by the dropped messages, too
    }
    changed_.notify_all();
  }
  if (was_empty && options_.notify) options_.notify();
}

std::optional<kubo_event> kubo_subscription::pop() {
  if (auto dropped = std::exchange(dropped_, 0); dropped > 0)
    return kubo_gap{"nobody took the messages of topic " + in_quotes(topic_) + " as fast as they came", dropped};
  if (events_.empty()) {
    if (ended_) throw *ended_;
    return {};
  }
  auto event = std::move(events_.front());
  events_.pop_front();
  if (const auto* message = std::get_if<kubo_message>(&event)) waiting_bytes_ -= message->data.size();
  return event;
}

std::optional<kubo_event> kubo_subscription::try_next() {
  std::lock_guard lock(mutex_);
  return pop();
}

kubo_event kubo_subscription::next(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (auto event = pop()) return std::move(*event);
    if (!changed_.wait(lock, stop, [this] { return !events_.empty() || dropped_ > 0 || ended_; }))
      throw failure(errc::cancelled, "waiting for a message was stopped");
  }
}

} // namespace pillar::ipfs
