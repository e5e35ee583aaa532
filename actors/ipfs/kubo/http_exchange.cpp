#include "actors/ipfs/kubo/http_exchange.hpp"

#include "interfaces/error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t piece_size = 256 << 10; // bytes of content that are sent or received at once

std::string shown(std::chrono::milliseconds time) {
  return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s" : std::to_string(time.count()) + " ms";
}

} // namespace

http_exchange::http_exchange(const stream_socket& socket, std::string head, content_source content, time_limits limits,
                             wait_limit until, std::stop_token stop, std::string who)
    : socket_(socket), source_(std::move(content)), limits_(limits), until_(until), stop_(stop), who_(std::move(who)),
      out_(std::move(head)), last_move_(clock::now()), wake_(std::move(stop), [this] { socket_.shut_down(); }) {}

void http_exchange::start() noexcept {
  transmit();
}

const http_reply_parser& http_exchange::head() {
  last_move_ = clock::now();
  while (!reply_.has_head()) step();
  return reply_;
}

bool http_exchange::read(bytes& to) {
  last_move_ = clock::now(); // while nobody reads, nothing can move
  while (received_piece_.empty() && !reply_.is_whole()) step();
  if (received_piece_.empty()) return false;
  if (to.empty()) std::swap(to, received_piece_);
  else append(to, received_piece_);
  received_piece_.clear();
  return true;
}

/// Moves some bytes, or waits until some can be moved.
void http_exchange::step() {
  check_stop();
  if (!sent_ && out_done_ == out_.size()) refill();
  auto ready = socket_.wait(true, !sent_ && !broken_, limit());
  if (!ready.readable && !ready.writable) give_up();
  if (ready.readable) receive();
  if (ready.writable) transmit();
}

void http_exchange::refill() {
  out_.clear();
  out_done_ = 0;
  if (!source_) {
    sent_ = true;
    return;
  }
  if (buffer_.empty()) buffer_.resize(piece_size);
  auto size = source_(buffer_);
  last_move_ = clock::now(); // the time that the source took is not the daemon's
  if (size == 0) {
    out_ = last_chunk;
    source_ = nullptr;
    return;
  }
  out_ = chunk_head(size);
  out_ += text_of(bytes_view(buffer_).first(size));
  out_ += chunk_end;
}

void http_exchange::transmit() {
  if (out_done_ == out_.size()) return;
  auto size = socket_.write(view_of(out_).subspan(out_done_));
  if (size < 0) {
    if (errno == EAGAIN || errno == EINTR) return;
    broken_ = true; // there may be a reply that says why
    return;
  }
  out_done_ += static_cast<std::size_t>(size);
  last_move_ = clock::now();
  if (out_done_ == out_.size() && !source_) sent_ = true;
}

void http_exchange::receive() {
  std::array<std::byte, 64 << 10> buffer;
  auto size = socket_.read(buffer);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return ended(size < 0 ? errno : 0);
  last_move_ = clock::now();
  received_ += static_cast<std::uint64_t>(size);
  try {
    reply_.take(bytes_view(buffer).first(static_cast<std::size_t>(size)), received_piece_);
  } catch (const failure& f) {
    throw failure(f.code(), who_ + ": " + f.message() + ": check that the address is that of Kubo's RPC API");
  }
}

/// The other side closed the connection, or it broke.
void http_exchange::ended(int error) {
  check_stop();
  broken_ = true;
  if (error == 0 && reply_.has_head() && !reply_.is_bounded()) return reply_.end();
  std::string when = !sent_           ? "before it had taken the whole request"
                     : received_ == 0 ? "before it answered"
                                      : "in the midst of its reply";
  auto why = error == 0 ? "" : " (" + std::generic_category().message(error) + ")";
  throw failure(errc::unavailable, who_ + ": it closed the connection " + when + why
                                       + ": it may have been stopped; ask again when it runs");
}

wait_limit http_exchange::limit() const {
  auto stage = sent_ && received_ == 0 ? limits_.first_byte : limits_.idle;
  if (stage.count() == 0) return until_;
  auto at = last_move_ + stage;
  return until_ ? std::min(*until_, at) : at;
}

void http_exchange::give_up() const {
  std::string what;
  if (until_ && clock::now() >= *until_) what = "it was not done within " + shown(limits_.total);
  else if (!sent_) what = "it took nothing of the request for " + shown(limits_.idle);
  else if (received_ == 0) what = "it did not begin to answer within " + shown(limits_.first_byte);
  else what = "it fell silent in the midst of its reply for " + shown(limits_.idle);
  throw failure(errc::expired, who_ + ": " + what + ": it hangs, or is overloaded");
}

void http_exchange::check_stop() const {
  if (stop_.stop_requested()) throw failure(errc::cancelled, who_ + ": it was stopped");
}

} // namespace pillar::ipfs::engine
