/// One HTTP request and its reply on a connection, both ways at once.
#pragma once

#include "actors/ipfs/kubo/http_message.hpp"
#include "actors/ipfs/kubo/stream_socket.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>

namespace pillar::ipfs::engine {

/// How long the stages of a request may take; zero: for ever.
struct time_limits {
  std::chrono::milliseconds connect = std::chrono::seconds(5);
  std::chrono::milliseconds first_byte =
      std::chrono::seconds(60);                              ///< from the request's last byte to the reply's first
  std::chrono::milliseconds idle = std::chrono::seconds(60); ///< during which nothing moves, in the midst of either
  std::chrono::milliseconds total{0};                        ///< from connecting to the reply's last byte
};

/// Gives a request's content piece by piece: fills a part of the buffer and says how much, 0 at the end. May throw.
using content_source = std::function<std::size_t(std::span<std::byte>)>;

/// Sends a request while it receives the reply, so that neither side ever waits for the other to read. Nothing moves
/// but inside of a call, and no more than a piece is held. A stop shuts the connection down at once. One thread at a
/// time.
class http_exchange {
public:
  /// `head` is the request up to its empty line, with whatever content follows it; `content` is sent behind it in
  /// chunks. `who` begins every message. The socket must outlive the exchange, and belongs to it until then.
  http_exchange(const stream_socket& socket, std::string head, content_source content, time_limits limits,
                wait_limit until, std::stop_token stop, std::string who);
  http_exchange(const http_exchange&) = delete;
  http_exchange& operator=(const http_exchange&) = delete;

  /// Sends what the connection takes at once, so that the other side can begin before the reply is waited for. Never
  /// throws: what is wrong is found by who waits.
  void start() noexcept;

  /// Waits for the reply's status and fields. Throws unavailable (the connection broke), expired (a limit), cancelled,
  /// io_error (no HTTP), and what the content's source throws.
  const http_reply_parser& head();

  /// Appends the next piece of the reply's content, at least a byte; false at its end, when the trailers are there too.
  /// Throws as head, and unavailable when the reply was cut off.
  bool read(bytes& to);

  /// Whether a byte of a reply came: until then the daemon may not have seen the request.
  bool has_begun() const { return received_ > 0; }

  /// Whether all of the request was taken. A reply may end before.
  bool has_sent() const { return sent_; }

  /// Whether the connection can serve another request now.
  bool leaves_connection() const { return sent_ && !broken_ && reply_.is_whole() && reply_.keeps_alive(); }

private:
  void step();
  void refill();
  void transmit();
  void receive();
  void ended(int error);
  wait_limit limit() const;
  [[noreturn]] void give_up() const;
  void check_stop() const;

  const stream_socket& socket_;
  content_source source_;
  time_limits limits_;
  wait_limit until_;
  std::stop_token stop_;
  std::string who_;

  std::string out_; ///< what is being sent
  std::size_t out_done_ = 0;
  bool sent_ = false;
  bool broken_ = false; ///< nothing more can be sent

  http_reply_parser reply_;
  bytes received_piece_; ///< content that was not handed out yet
  std::uint64_t received_ = 0;
  std::chrono::steady_clock::time_point last_move_;
  bytes buffer_;
  std::stop_callback<std::function<void()>> wake_;
};

} // namespace pillar::ipfs::engine
