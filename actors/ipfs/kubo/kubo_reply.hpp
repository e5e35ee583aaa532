/// What a Kubo daemon answers to one request: content, one JSON value, or lines of JSON that come one by one. An error
/// is thrown wherever the daemon puts it: in the status, in a line, or behind the content in the trailer.
#pragma once

#include "actors/ipfs/kubo/http_exchange.hpp"
#include "actors/ipfs/kubo/kubo_error.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pillar::ipfs::engine {

/// A connection with the address that it leads to.
struct kubo_connection {
  stream_socket socket;
  std::string address; ///< as messages show it
  std::string host;    ///< as requests name it
};

/// Connections that wait for the next request. Thread-safe.
class kubo_connections {
public:
  static constexpr std::size_t most = 16; ///< that are kept; more callers at once connect anew

  std::optional<kubo_connection> take(); ///< one that still stands
  void give_back(kubo_connection c);

private:
  std::mutex mutex_;
  std::vector<kubo_connection> waiting_;
};

/// Movable. One thread at a time; destroying it before its end closes the connection, and the daemon stops working.
class kubo_reply {
public:
  static constexpr std::size_t longest_line = 16 << 20; ///< bytes of a line, or of a JSON reply

  /// Sends a request. The connection goes to `home` after the reply, if there is one and it can serve others.
  kubo_reply(kubo_connection connection, std::shared_ptr<kubo_connections> home, std::string head,
             content_source content, time_limits limits, wait_limit until, std::stop_token stop, kubo_place place);
  kubo_reply(kubo_reply&&) noexcept;
  kubo_reply& operator=(kubo_reply&&) noexcept;
  ~kubo_reply();

  /// Sends the request, so that the daemon works on it until somebody waits for the reply.
  void start() noexcept;

  /// Waits for the reply to begin. Throws the daemon's error, and as http_exchange.
  void begin();
  bool has_begun() const; ///< whether a byte of it came

  /// Appends the next piece of content; false at its sound end. Throws the error in the trailer, and as begin.
  bool read(bytes& to);

  /// The whole content. Throws io_error when it is longer than `most` bytes.
  bytes content(std::size_t most);

  /// The next line's value; none at the sound end. Throws an error that stands in a line, io_error for a line that is
  /// no JSON or longer than 16 MiB.
  std::optional<boost::json::value> next_line();

  /// The reply as one value; null when it is empty.
  boost::json::value json();

  /// Bytes of content that the daemon announced to send, if it did.
  std::optional<std::uint64_t> announced_size() const;

  const kubo_place& place() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// A member of an object, unless it is null; none of another value.
const boost::json::value* member_of(const boost::json::value& object, std::string_view key);

/// A member of an object as text or number. Kubo writes some numbers as texts, and leaves out or nulls what is empty:
/// then the result is empty or 0.
std::string text_in(const boost::json::value& object, std::string_view key);
std::uint64_t number_in(const boost::json::value& object, std::string_view key);

/// A member that is a CID: a text, or {"/": text}.
std::string cid_in(const boost::json::value& object, std::string_view key);

} // namespace pillar::ipfs::engine
