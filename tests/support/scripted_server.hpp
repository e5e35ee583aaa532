/// An HTTP server that does what a test says, right or wrong.
#pragma once

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace pillar::test {

/// One connection, in the hands of a script. When the client closes it, the functions end the script.
class scripted_connection {
public:
  explicit scripted_connection(int socket) : socket_(socket) {}

  /// Reads a request, and gives all of it: head, empty line, content without the frames of chunks.
  std::string request();

  /// Reads a request's head only; content may follow.
  std::string head();

  /// Reads what comes next, at least a byte.
  std::string some();

  void send(std::string_view text);

  /// Sends one byte after the other, each in a packet of its own.
  void send_slowly(std::string_view text);

  /// Ends the connection as a broken network does.
  void reset();

  /// Does nothing any more until the client closes; `stall` does not even read.
  void hang();
  void stall();

  int socket() const { return socket_; }

private:
  std::string take(std::size_t size);
  std::string take_until(std::string_view end);

  int socket_;
  std::string received_;
};

using server_script = std::function<void(scripted_connection&)>;

/// Listens on a free port of this machine. The first connection is served by the first script and so on, each in a
/// thread of its own; those beyond the last by the last one. A connection is closed when its script ends.
class scripted_server {
public:
  explicit scripted_server(std::vector<server_script> scripts);
  explicit scripted_server(server_script script) : scripted_server(std::vector{std::move(script)}) {}
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;
  ~scripted_server();

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::size_t connections() const;

private:
  void accept_all();

  std::vector<server_script> scripts_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<int> sockets_;
  bool ending_ = false;
  std::list<std::jthread> threads_;
  std::jthread acceptor_;
};

/// A whole reply with a length.
std::string http_reply(std::string_view body, std::string_view status = "200 OK", std::string_view fields = {});

/// The head of a reply in chunks, as Kubo sends it, a chunk, and the end with a trailer or without.
std::string chunked_head();
std::string chunk(std::string_view content);
std::string chunks_end(std::string_view trailer = {});

} // namespace pillar::test
