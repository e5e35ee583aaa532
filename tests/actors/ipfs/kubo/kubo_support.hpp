/// What the tests of the Kubo client share.
#pragma once

#include "actors/ipfs/kubo/kubo_client.hpp"
#include "tests/actors/ipfs/support.hpp"
#include "tests/support/scripted_server.hpp"

#include <chrono>
#include <string>

namespace pillar::test {

inline ipfs::engine::kubo_client client_of(const scripted_server& server, ipfs::engine::time_limits limits = {}) {
  return ipfs::engine::kubo_client({.api = server.address(), .limits = limits});
}

/// A server's script for one request and its reply.
inline server_script answer(std::string reply) {
  return [reply](scripted_connection& c) {
    c.request();
    c.send(reply);
  };
}

/// The failure of one request to a server that answers it with `reply` and closes.
inline failure failure_of_reply(const std::string& reply) {
  scripted_server server(answer(reply));
  return failure_of([&] { client_of(server).ask({"stat"}).json(); });
}

} // namespace pillar::test
