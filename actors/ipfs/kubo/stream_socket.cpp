#include "actors/ipfs/kubo/stream_socket.hpp"

#include "interfaces/error.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

namespace chrono = std::chrono;

// Seconds of silence until the kernel asks whether the other side is still there, between two such questions, and how
// many go unanswered before the connection counts as lost.
constexpr int keep_alive_after = 15;
constexpr int keep_alive_interval = 5;
constexpr int keep_alive_questions = 3;

/// Milliseconds for poll, rounded up so that a wait does not end before its time; -1: for ever.
int poll_time(wait_limit until) {
  if (!until) return -1;
  auto left = chrono::ceil<chrono::milliseconds>(*until - chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, INT_MAX));
}

[[noreturn]] void refuse(const kubo_address& to, std::string_view why) {
  throw failure(errc::unavailable, "cannot reach the Kubo daemon at " + to.text + ": " + std::string(why)
                                       + ": start it with `ipfs daemon`, or name the address of its API");
}

std::string reason(int number) {
  return std::generic_category().message(number);
}

/// The error that ended an attempt to connect; 0 when it succeeded.
int connect_by(int socket, const sockaddr* address, socklen_t size, wait_limit until) {
  while (::connect(socket, address, size) != 0) {
    if (errno == EINTR) continue;
    if (errno != EINPROGRESS) return errno;
    pollfd event{socket, POLLOUT, 0};
    int ready;
    while ((ready = ::poll(&event, 1, poll_time(until))) < 0 && errno == EINTR) {
    }
    if (ready <= 0) return ready == 0 ? ETIMEDOUT : errno;
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length);
    return error;
  }
  return 0;
}

void set_option(int socket, int level, int name, int value) {
  ::setsockopt(socket, level, name, &value, sizeof value);
}

/// Connects one address, and is woken by a stop.
descriptor connect_one(int family, const sockaddr* address, socklen_t size, wait_limit until,
                       const std::stop_token& stop, int& error) {
  descriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) {
    error = errno;
    return {};
  }
  std::stop_callback wake(stop, [number = socket.number()] { ::shutdown(number, SHUT_RDWR); });
  error = connect_by(socket.number(), address, size, until);
  if (stop.stop_requested()) throw failure(errc::cancelled, "connecting to the Kubo daemon was stopped");
  if (error != 0) return {};
  if (family == AF_UNIX) return socket;
  set_option(socket.number(), IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket.number(), SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket.number(), IPPROTO_TCP, TCP_KEEPIDLE, keep_alive_after);
  set_option(socket.number(), IPPROTO_TCP, TCP_KEEPINTVL, keep_alive_interval);
  set_option(socket.number(), IPPROTO_TCP, TCP_KEEPCNT, keep_alive_questions);
  return socket;
}

descriptor connect_unix(const kubo_address& to, wait_limit until, const std::stop_token& stop) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (to.socket_path.size() >= sizeof address.sun_path) refuse(to, "the path of its socket is too long");
  std::ranges::copy(to.socket_path, address.sun_path);
  int error = 0;
  auto socket = connect_one(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address, until, stop, error);
  if (!socket) refuse(to, error == EAGAIN ? "it has too many connections waiting" : reason(error));
  return socket;
}

descriptor connect_tcp(const kubo_address& to, wait_limit until, const std::stop_token& stop) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (auto code = ::getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &wanted, &found); code != 0)
    refuse(to, in_quotes(to.host) + ": " + (code == EAI_SYSTEM ? reason(errno) : ::gai_strerror(code)));
  std::unique_ptr<addrinfo, decltype([](addrinfo* list) { ::freeaddrinfo(list); })> list(found);
  int error = 0;
  for (const auto* at = found; at; at = at->ai_next)
    if (auto socket = connect_one(at->ai_family, at->ai_addr, at->ai_addrlen, until, stop, error)) return socket;
  refuse(to, error == ETIMEDOUT ? "no connection within the time for it" : reason(error));
}

} // namespace

stream_socket stream_socket::connect(const kubo_address& to, wait_limit until, const std::stop_token& stop) {
  return stream_socket(to.is_unix() ? connect_unix(to, until, stop) : connect_tcp(to, until, stop));
}

stream_socket::readiness stream_socket::wait(bool for_reading, bool for_writing, wait_limit until) const {
  pollfd event{socket_.number(), static_cast<short>((for_reading ? POLLIN : 0) | (for_writing ? POLLOUT : 0)), 0};
  int count;
  while ((count = ::poll(&event, 1, poll_time(until))) < 0) {
    if (errno != EINTR) throw failure_of_errno(errno, "cannot wait for a socket");
  }
  // An end or an error makes everything ready that was asked for: the call on it then says what is the matter.
  auto broken = (event.revents & (POLLERR | POLLHUP)) != 0;
  return {for_reading && (broken || (event.revents & POLLIN)), for_writing && (broken || (event.revents & POLLOUT))};
}

ssize_t stream_socket::read(std::span<std::byte> to) const {
  return ::recv(socket_.number(), to.data(), to.size(), 0);
}

ssize_t stream_socket::write(bytes_view from) const {
  return ::send(socket_.number(), from.data(), from.size(), MSG_NOSIGNAL);
}

void stream_socket::shut_down() const noexcept {
  ::shutdown(socket_.number(), SHUT_RDWR);
}

bool stream_socket::is_stale() const {
  pollfd event{socket_.number(), POLLIN, 0};
  return ::poll(&event, 1, 0) != 0;
}

} // namespace pillar::ipfs::engine
