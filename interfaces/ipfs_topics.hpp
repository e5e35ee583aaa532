/// IPFS, pub/sub: messages to whoever is subscribed to a topic. No message is kept: a subscriber gets those that are
/// sent while it is subscribed, in the order in which they arrive.
#pragma once

#include "interfaces/interface.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>

namespace pillar::ipfs {

/// Sends a message. Topics are any bytes, 1 to 1024; messages any bytes, at most 1 MiB. Errors: bad_request,
/// too_large, unsupported (a daemon whose pub/sub is off).
struct publish {
  using reply = void;
  std::string topic;
  bytes data;
};
BOOST_DESCRIBE_STRUCT(publish, (), (topic, data))

/// `from` and `sequence` together name a message. `missed`: how many came before this one and were dropped because
/// they were not read in time. `gap`: an unknown number may be missing before this one, since the connection was lost.
struct message {
  std::string topic = {};
  std::string from = {};
  std::uint64_t sequence = 0;
  bytes data = {};
  bool own = false; ///< published through the same node or daemon
  std::uint64_t missed = 0;
  bool gap = false;
  bool operator==(const message&) const = default;
};
BOOST_DESCRIBE_STRUCT(message, (), (topic, from, sequence, data, own, missed, gap))

/// The messages of a topic from now on: none that is published after the reply is missed. The stream has no end; drop
/// it to unsubscribe. A subscriber that does not read has 1,000 messages or 16 MiB kept for it; then the oldest are
/// dropped. Errors: bad_request, unsupported.
struct subscribe {
  using reply = stream<message>;
  std::string topic;
};
BOOST_DESCRIBE_STRUCT(subscribe, (), (topic))

} // namespace pillar::ipfs
