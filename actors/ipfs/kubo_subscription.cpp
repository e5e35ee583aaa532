#include "actors/ipfs/kubo_subscription.hpp"

#include "actors/ipfs/format/multibase.hpp"

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

/// The sender's number of a message: as many bytes as it likes, of which the last eight tell those of one sender apart.
std::uint64_t number_of(const bytes& sequence) {
  std::uint64_t number = 0;
  for (auto byte : sequence) number = number << 8 | std::to_integer<std::uint64_t>(byte);
  return number;
}

message message_of(const kubo_place& at, const boost::json::value& line, const std::string& topic,
                   const std::string& own) {
  message out{.topic = topic, .from = text_in(line, "from"), .data = {}};
  out.own = out.from == own;
  if (auto sequence = text_in(line, "seqno"); !sequence.empty()) out.sequence = number_of(decoded(at, sequence));
  if (auto data = text_in(line, "data"); !data.empty()) out.data = decoded(at, data);
  return out;
}

/// Somewhat less than `time`, so that those who wait for the same daemon do not all come at once.
std::chrono::milliseconds with_jitter(std::chrono::milliseconds time) {
  static thread_local std::minstd_rand random{std::random_device{}()};
  return time - time * (random() % 256) / 1024;
}

} // namespace

kubo_subscription::kubo_subscription(std::shared_ptr<const kubo_client> client, std::string topic, std::string own,
                                     std::function<void()> notify, kubo_reconnect reconnect, std::stop_token stop)
    : client_(std::move(client)), topic_(std::move(topic)), own_(std::move(own)), reconnect_(reconnect),
      queue_(std::move(notify)), stopped_(stop, [this] { stop_.request_stop(); }) {
  auto stream = connect();
  thread_ = std::jthread([this, stream = std::move(stream), stop = std::move(stop)]() mutable {
    try {
      run(std::move(stream));
      if (stop.stop_requested())
        queue_.end({errc::cancelled, "the subscription to topic " + in_quotes(topic_) + " was stopped"});
    } catch (...) {
      queue_.end(to_failure(std::current_exception()));
    }
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
  auto delay = reconnect_.first_delay;
  while (!stop_.stop_requested()) {
    try {
      if (!stream) {
        stream = connect();
        queue_.note_gap();
      }
      while (auto line = stream->next_line()) {
        delay = reconnect_.first_delay;
        queue_.push(message_of(stream->place(), *line, topic_, own_));
      }
    } catch (const failure& f) {
      if (is_final(f)) throw;
    }
    stream.reset();
    wait(with_jitter(delay));
    delay = std::min(delay * 2, reconnect_.longest_delay);
  }
}

/// Returns early when the subscription is to end.
void kubo_subscription::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop_.get_token(), time, [] { return false; });
}

} // namespace pillar::ipfs
