#include "tests/support/scripted_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace pillar::test {

namespace {

struct client_gone {};

} // namespace

std::string scripted_connection::some() {
  if (!received_.empty()) return std::exchange(received_, {});
  std::string out(64 << 10, '\0');
  auto n = ::recv(socket_, out.data(), out.size(), 0);
  if (n <= 0) throw client_gone{};
  out.resize(static_cast<std::size_t>(n));
  return out;
}

std::string scripted_connection::take(std::size_t size) {
  while (received_.size() < size) {
    auto before = std::exchange(received_, {});
    received_ = before + some();
  }
  auto out = received_.substr(0, size);
  received_.erase(0, size);
  return out;
}

std::string scripted_connection::take_until(std::string_view end) {
  std::size_t at;
  while ((at = received_.find(end)) == received_.npos) {
    auto before = std::exchange(received_, {});
    received_ = before + some();
  }
  return take(at + end.size());
}

std::string scripted_connection::head() {
  return take_until("\r\n\r\n");
}

std::string scripted_connection::request() {
  auto out = head();
  auto field = [&](std::string_view name) {
    auto at = out.find("\r\n" + std::string(name) + ": ");
    return at == out.npos ? std::string()
                          : out.substr(at + name.size() + 4, out.find("\r\n", at + 2) - at - name.size() - 4);
  };
  if (auto length = field("Content-Length"); !length.empty()) return out + take(std::stoul(length));
  if (field("Transfer-Encoding") != "chunked") throw std::runtime_error("a request without a length: " + out);
  for (;;) {
    auto size = std::stoul(take_until("\r\n"), nullptr, 16);
    auto content = take(size + 2);
    if (size == 0) return out;
    out += content.substr(0, size);
  }
}

void scripted_connection::send(std::string_view text) {
  while (!text.empty()) {
    auto n = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0) throw client_gone{};
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

void scripted_connection::send_slowly(std::string_view text) {
  int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  for (auto c : text) send({&c, 1});
}

void scripted_connection::reset() {
  linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  throw client_gone{};
}

void scripted_connection::hang() {
  for (;;) some();
}

void scripted_connection::stall() {
  pollfd closed{socket_, POLLRDHUP, 0};
  ::poll(&closed, 1, -1);
  throw client_gone{};
}

scripted_server::scripted_server(std::vector<server_script> scripts) : scripts_(std::move(scripts)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0
      || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("the scripted server cannot listen");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this] { accept_all(); });
}

scripted_server::~scripted_server() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
    for (auto socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  threads_.clear();
  for (auto socket : sockets_) ::close(socket);
  ::close(listener_);
}

void scripted_server::accept_all() {
  for (;;) {
    auto socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    std::lock_guard lock(mutex_);
    const auto& script = scripts_[std::min(sockets_.size(), scripts_.size() - 1)];
    sockets_.push_back(socket);
    if (ending_) return;
    threads_.emplace_back([socket, &script] {
      try {
        scripted_connection connection(socket);
        script(connection);
      } catch (const client_gone&) {
      }
      linger how{};
      socklen_t size = sizeof how;
      ::getsockopt(socket, SOL_SOCKET, SO_LINGER, &how, &size);
      // The number is closed at the end, so that nothing else gets it before. After a reset nothing is to be said.
      if (how.l_onoff) {
        sockaddr none{};
        none.sa_family = AF_UNSPEC;
        ::connect(socket, &none, sizeof none);
      } else {
        ::shutdown(socket, SHUT_RDWR);
      }
    });
  }
}

std::size_t scripted_server::connections() const {
  std::lock_guard lock(mutex_);
  return sockets_.size();
}

std::string http_reply(std::string_view body, std::string_view status, std::string_view fields) {
  return "HTTP/1.1 " + std::string(status) + "\r\nContent-Type: application/json\r\n" + std::string(fields)
         + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string chunked_head() {
  return "HTTP/1.1 200 OK\r\nServer: kubo/0.39.0\r\nTrailer: X-Stream-Error\r\nX-Chunked-Output: 1\r\n"
         "Transfer-Encoding: chunked\r\n\r\n";
}

std::string chunk(std::string_view content) {
  constexpr std::string_view digits = "0123456789abcdef";
  if (content.empty()) return {}; // that would be the last chunk
  std::string size;
  for (auto left = content.size(); left; left >>= 4) size.insert(size.begin(), digits[left & 15]);
  return size + "\r\n" + std::string(content) + "\r\n";
}

std::string chunks_end(std::string_view trailer) {
  return "0\r\n" + std::string(trailer) + (trailer.empty() ? "\r\n" : "\r\n\r\n");
}

} // namespace pillar::test
