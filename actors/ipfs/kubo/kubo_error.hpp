/// What a Kubo daemon says when it cannot do something, as failures.
#pragma once

#include "interfaces/error.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace pillar::ipfs::engine {

/// Whom a request goes to and what it asks, for messages: "Kubo daemon at /ip4/127.0.0.1/tcp/5001, request pin/add".
struct kubo_place {
  std::string address;
  std::string command;

  std::string text() const { return "Kubo daemon at " + address + ", request " + command; }
};

/// The failure behind a message of Kubo's, as it stands in an error reply, in a line of a stream or in a trailer. Kubo
/// has no error codes worth the name, so the text decides; a text that is not known here is an io_error.
failure failure_of_message(const kubo_place& at, std::string_view message);

/// The failure behind a reply whose status is not 200, and what it says.
failure failure_of_status(const kubo_place& at, unsigned status, std::string_view body);

/// The message of a JSON object that reports an error ({"Message": ..., "Type": "error"}); empty for any other value.
std::string error_message(const boost::json::value& value);

} // namespace pillar::ipfs::engine
