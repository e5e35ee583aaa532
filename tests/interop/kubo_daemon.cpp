#include "tests/support/kubo_daemon.hpp"

#include <doctest/doctest.h>

using namespace pillar::test;

TEST_SUITE_BEGIN("kubo");

TEST_CASE("a Kubo daemon starts, is killed, and starts again") {
  kubo_daemon daemon;
  CHECK(daemon.text({"version", "--number"}).starts_with("0.39."));
  CHECK(daemon.api().starts_with("/ip4/127.0.0.1/tcp/"));
  auto id = daemon.text({"id", "--format=<id>"});

  daemon.kill();
  daemon.start();
  CHECK(daemon.text({"id", "--format=<id>"}) == id);

  daemon.stop();
  CHECK(daemon.text({"id", "--format=<id>"}) == id);
}

TEST_CASE("two Kubo daemons can be connected") {
  kubo_daemon one, other;
  one.connect_to(other);
  CHECK(one.text({"swarm", "peers"}).find(other.text({"id", "--format=<id>"})) != std::string::npos);
}

TEST_SUITE_END();
