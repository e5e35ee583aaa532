/// A connected stream socket, TCP or Unix, on which nothing blocks but `wait`, and that only until a point in time.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"
#include "actors/ipfs/kubo/kubo_address.hpp"
#include "actors/ipfs/system/file_system.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <stop_token>

namespace pillar::ipfs::engine {

/// Until when to wait; none: for ever.
using wait_limit = std::optional<std::chrono::steady_clock::time_point>;

/// Movable; one thread at a time, but for `shut_down`.
class stream_socket {
public:
  /// Connects. The kernel looks after the connection while it is silent (TCP keep-alive), so that one whose other side
  /// is gone ends after about half a minute. Throws unavailable, naming the address and the reason, and cancelled.
  static stream_socket connect(const kubo_address& to, wait_limit until, const std::stop_token& stop = {});

  struct readiness {
    bool readable = false; ///< or at its end, or broken: reading tells
    bool writable = false;
  };
  /// Waits until one of what is wanted holds; neither: the time is over.
  readiness wait(bool for_reading, bool for_writing, wait_limit until) const;

  /// As recv(2) and send(2): -1 and errno (EAGAIN: wait first), 0 at the end of what can be read. No signal is raised.
  ssize_t read(std::span<std::byte> to) const;
  ssize_t write(bytes_view from) const;

  /// Ends the connection for both sides, from any thread: whoever waits is woken.
  void shut_down() const noexcept;

  /// Whether a connection that should be silent has something to say, which can only be its end.
  bool is_stale() const;

private:
  explicit stream_socket(descriptor socket) : socket_(std::move(socket)) {}

  descriptor socket_;
};

} // namespace pillar::ipfs::engine
