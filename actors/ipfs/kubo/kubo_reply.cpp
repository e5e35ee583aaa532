#include "actors/ipfs/kubo/kubo_reply.hpp"

#include <boost/json/parse.hpp>

#include <charconv>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t longest_error = 64 << 10; // bytes of an error reply that are looked at

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == text.npos;
}

/// Throws the error when that is what the value is.
boost::json::value parse(const kubo_place& at, std::string_view text) {
  boost::system::error_code error;
  auto value = boost::json::parse({text.data(), text.size()}, error);
  if (error)
    throw failure(errc::io_error, at.text() + ": it answered with something that is no JSON (" + error.message()
                                      + "): " + in_quotes(text));
  if (auto message = error_message(value); !message.empty()) throw failure_of_message(at, message);
  return value;
}

} // namespace

std::optional<kubo_connection> kubo_connections::take() {
  std::lock_guard lock(mutex_);
  while (!waiting_.empty()) {
    auto last = std::move(waiting_.back());
    waiting_.pop_back();
    if (!last.socket.is_stale()) return last;
  }
  return {};
}

void kubo_connections::give_back(kubo_connection c) {
  std::lock_guard lock(mutex_);
  if (waiting_.size() < most) waiting_.push_back(std::move(c));
}

struct kubo_reply::state {
  state(kubo_connection c, std::shared_ptr<kubo_connections> h, std::string head, content_source content,
        time_limits limits, wait_limit until, std::stop_token stop, kubo_place p)
      : connection(std::move(c)), home(std::move(h)), place(std::move(p)) {
    exchange.emplace(connection.socket, std::move(head), std::move(content), limits, until, std::move(stop),
                     place.text());
  }

  void finish();

  kubo_connection connection;
  std::shared_ptr<kubo_connections> home;
  kubo_place place;
  std::optional<http_exchange> exchange; ///< none once the reply has ended
  bool begun = false;
  bytes lines;           ///< what was received of lines that were not handed out
  std::size_t used = 0;  ///< bytes of them that were
  std::size_t known = 0; ///< up to where there is no line's end behind those
};

/// The content has ended as it should. Throws the error in the trailer.
void kubo_reply::state::finish() {
  const auto& reply = exchange->head();
  if (auto trailer = reply.field("X-Stream-Error"); !trailer.empty()) throw failure_of_message(place, trailer);
  if (!exchange->has_sent())
    throw failure(errc::unavailable, place.text() + ": it ended its reply before it had taken the whole request");
  auto reusable = home && exchange->leaves_connection();
  exchange.reset(); // it must let go of the connection first
  if (reusable) home->give_back(std::move(connection));
}

kubo_reply::kubo_reply(kubo_connection connection, std::shared_ptr<kubo_connections> home, std::string head,
                       content_source content, time_limits limits, wait_limit until, std::stop_token stop,
                       kubo_place place)
    : state_(std::make_unique<state>(std::move(connection), std::move(home), std::move(head), std::move(content),
                                     limits, until, std::move(stop), std::move(place))) {}
kubo_reply::kubo_reply(kubo_reply&&) noexcept = default;
kubo_reply& kubo_reply::operator=(kubo_reply&&) noexcept = default;
kubo_reply::~kubo_reply() = default;

void kubo_reply::start() noexcept {
  if (state_->exchange) state_->exchange->start();
}

void kubo_reply::begin() {
  auto& s = *state_;
  if (s.begun || !s.exchange) return;
  const auto& head = s.exchange->head();
  s.begun = true;
  if (head.status() == 200) {
    if (head.is_bounded()) return;
    throw failure(errc::io_error, s.place.text()
                                      + ": its reply has neither a length nor chunks, so that its end cannot be told "
                                        "from a cut: leave out what stands between, or make it speak HTTP/1.1");
  }
  bytes body;
  while (body.size() < longest_error && s.exchange->read(body)) {
  }
  throw failure_of_status(s.place, head.status(), text_of(body));
}

bool kubo_reply::has_begun() const {
  return !state_->exchange || state_->exchange->has_begun();
}

bool kubo_reply::read(bytes& to) {
  begin();
  if (!state_->exchange) return false;
  if (state_->exchange->read(to)) return true;
  state_->finish();
  return false;
}

bytes kubo_reply::content(std::size_t most) {
  bytes out;
  while (read(out))
    if (out.size() > most)
      throw failure(errc::io_error, state_->place.text() + ": it answered with more than the " + std::to_string(most)
                                        + " bytes that this reply can have");
  return out;
}

std::optional<boost::json::value> kubo_reply::next_line() {
  auto& s = *state_;
  for (;;) {
    auto rest = text_of(s.lines).substr(s.used);
    auto end = rest.find('\n', s.known);
    auto last = end == rest.npos;
    if (last) {
      s.known = rest.size();
      if (s.known > longest_line)
        throw failure(errc::io_error, s.place.text() + ": it sent a line of more than 16 MiB");
      if (s.used > 0) {
        s.lines.erase(s.lines.begin(), s.lines.begin() + static_cast<std::ptrdiff_t>(s.used));
        s.used = 0;
      }
      if (read(s.lines)) continue;
      rest = text_of(s.lines);
      end = rest.size();
    }
    auto line = rest.substr(0, end);
    s.used += last ? end : end + 1;
    s.known = 0;
    if (is_blank(line)) {
      if (last) return {};
      continue;
    }
    return parse(s.place, line);
  }
}

boost::json::value kubo_reply::json() {
  auto body = content(longest_line);
  if (is_blank(text_of(body))) return nullptr;
  return parse(state_->place, text_of(body));
}

std::optional<std::uint64_t> kubo_reply::announced_size() const {
  if (!state_->exchange) return {};
  auto text = state_->exchange->head().field("X-Content-Length");
  std::uint64_t size = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return size;
}

const kubo_place& kubo_reply::place() const {
  return state_->place;
}

const boost::json::value* member_of(const boost::json::value& object, std::string_view key) {
  const auto* o = object.if_object();
  const auto* found = o ? o->if_contains({key.data(), key.size()}) : nullptr;
  return found && !found->is_null() ? found : nullptr;
}

std::string text_in(const boost::json::value& object, std::string_view key) {
  const auto* value = member_of(object, key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::uint64_t number_in(const boost::json::value& object, std::string_view key) {
  const auto* value = member_of(object, key);
  if (!value) return 0;
  if (value->is_string()) {
    auto text = std::string_view(value->get_string());
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }
  boost::system::error_code error;
  auto number = value->to_number<std::uint64_t>(error);
  return error ? 0 : number;
}

std::string cid_in(const boost::json::value& object, std::string_view key) {
  const auto* value = member_of(object, key);
  return value && value->is_object() ? text_in(*value, "/") : text_in(object, key);
}

} // namespace pillar::ipfs::engine
