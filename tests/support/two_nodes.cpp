#include "tests/support/two_nodes.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/network/test_multiplexer.hpp>

#include <doctest/doctest.h>

namespace pillar::testing {

namespace {

void use_memory_network(caf::actor_system_config& c) {
  c.load<caf::io::middleman>();
  c.set("logger.inline-output", true);
  c.set("middleman.network-backend", caf::atom("testing"));
  c.set("middleman.manual-multiplexing", true);
  c.set("middleman.workers", std::size_t{0});
  c.set("middleman.heartbeat-interval", caf::timespan{0});
}

caf::io::network::test_multiplexer& network(deterministic_node& of) {
  return dynamic_cast<caf::io::network::test_multiplexer&>(of->system().middleman().backend());
}

bool network_step(deterministic_node& of) {
  auto& n = network(of);
  return n.try_exec_runnable() || n.read_data() || n.try_accept_connection();
}

} // namespace

two_nodes::two_nodes(std::uint64_t seed)
    : a(seed, deterministic_node::quiet_settings(), use_memory_network),
      b(seed == 0 ? 0 : seed + 1, deterministic_node::quiet_settings(), use_memory_network) {}

void two_nodes::start() {
  a->start();
  b->start();
  run();
}

void two_nodes::connect(std::string_view interface) {
  using caf::io::accept_handle, caf::io::connection_handle;
  auto worker = b->services().route_of(interface)->current()->front();
  auto port = port_++;
  auto acceptor = accept_handle::from_int(++ids_);
  auto there = connection_handle::from_int(++ids_);
  auto here = connection_handle::from_int(++ids_);
  network(b).prepare_connection(acceptor, there, network(a), "b", port, here);
  b.scheduler().inline_next_enqueue();
  REQUIRE(b->system().middleman().publish(caf::actor_cast<caf::actor>(worker.worker), port));
  a.scheduler().inline_next_enqueue();
  a.scheduler().after_next_enqueue([this] { run(); });
  auto remote = a->system().middleman().remote_actor<caf::actor>("b", port);
  REQUIRE(remote);
  a->services().route_of(interface)->add({caf::actor_cast<caf::strong_actor_ptr>(*remote), worker.name, false});
  run();
}

bool two_nodes::step() {
  return a.step() || b.step() || network_step(a) || network_step(b);
}

void two_nodes::run() {
  while (step()) {
  }
}

void two_nodes::advance(duration time) {
  for (auto* n : {&a, &b}) n->scheduler().advance_time(std::chrono::duration_cast<caf::timespan>(time));
  run();
}

} // namespace pillar::testing
