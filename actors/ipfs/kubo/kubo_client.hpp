/// Requests to the RPC API of a Kubo daemon (docs.ipfs.tech, Kubo RPC API v0; checked against Kubo 0.39), blocking, for
/// threads that may wait.
#pragma once

#include "actors/ipfs/kubo/kubo_address.hpp"
#include "actors/ipfs/kubo/kubo_reply.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace pillar::ipfs::engine {

struct kubo_client_options {
  std::string api =
      {}; ///< the API's address; empty: what the daemon wrote into its repository, read at each connection
  std::filesystem::path repository = {}; ///< of the daemon; empty: IPFS_PATH, else ~/.ipfs. Used without an `api` only
  std::string token = {};                ///< "bearer:TOKEN", "basic:USER:PASSWORD", or a bearer token; empty: none
  std::string agent = "pillar-ipfs";     ///< what the daemon's log calls this program
  time_limits limits = {};
};

/// What to ask: a command with its arguments, in order: {"pin/add", {{"arg", "Qm..."}, {"recursive", "true"}}}.
struct kubo_request {
  std::string command;
  http_fields arguments = {};
  std::optional<time_limits> limits = {}; ///< instead of the client's
  std::stop_token stop = {};              ///< closes the connection at once, and fails the request with cancelled
  bool repeatable = true; ///< may be sent again when the connection, used before, turns out to be closed
};

/// A length of time as Kubo's option `timeout` reads it. After that time the daemon itself ends a request.
std::string kubo_duration(std::chrono::milliseconds time);

/// Thread-safe.
class kubo_client {
public:
  /// Connects to nothing. Throws bad_request for options that cannot be, unavailable without a place to look for a
  /// daemon.
  explicit kubo_client(kubo_client_options options);

  /// Asks, and returns when the reply begins. Connections are used again. Throws the daemon's error, and unavailable
  /// (it is not there, or the connection broke), expired, cancelled, not_granted (it refuses), io_error.
  kubo_reply ask(const kubo_request& request) const;

  /// Asks, and returns before the reply begins: it comes while the caller does something else. The request is not sent
  /// again by itself. Throws when there is no connection to be had.
  kubo_reply ask_ahead(const kubo_request& request) const;

  /// The same with content that fits into memory, such as a block.
  kubo_reply ask(const kubo_request& request, bytes_view content) const;

  /// Asks for a reply that takes long, or sends content of any length, in chunks, on a connection of its own. Nothing
  /// is sent before the reply is begun or read.
  kubo_reply open(const kubo_request& request, std::string_view content_type = {}, content_source content = {}) const;

  const time_limits& limits() const { return options_.limits; }

  /// The daemon's version: "0.39.0". Throws unsupported when it is too old for this program, or no Kubo.
  std::string check_version(const std::stop_token& stop = {}) const;

private:
  struct attempt {
    kubo_reply reply;
    bool is_used = false; ///< the connection served another request before
  };
  attempt send(const kubo_request& request, const http_fields& fields, bytes_view body, wait_limit until) const;
  kubo_reply ask(const kubo_request& request, http_fields fields, bytes_view body) const;
  kubo_connection connect(wait_limit until, const std::stop_token& stop) const;
  std::string head(const kubo_request& request, const kubo_connection& connection, const http_fields& fields) const;

  kubo_client_options options_;
  std::string authorization_;
  std::shared_ptr<kubo_connections> connections_ = std::make_shared<kubo_connections>();
};

} // namespace pillar::ipfs::engine
