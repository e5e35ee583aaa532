// A node whose IPFS is a Kubo daemon, by configuration alone.
#include "actors/standard.hpp"
#include "interfaces/ipfs.hpp"
#include "runtime/node.hpp"
#include "tests/support/kubo_daemon.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <memory>

using namespace pillar;
using namespace pillar::test;

namespace {

std::unique_ptr<node> node_with(const temporary_directory& data, std::string api, std::string token = "") {
  configuration settings;
  settings.set("node.name", "test");
  settings.set("node.data", data.path());
  settings.set("ipfs.backend", "kubo");
  settings.set("ipfs.kubo.api", std::move(api));
  settings.set("ipfs.kubo.token", std::move(token));
  settings.set("ipfs.kubo.offline", "true");
  environment outside;
  outside.log = logger::to_function(log_level::off, [](const log_record&) {});
  auto out = std::make_unique<node>(std::move(settings), std::move(outside));
  out->settings().declare(standard_options());
  provide_ipfs(*out);
  return out;
}

/// The message of the failure that ends a start.
std::string refusal(node& of) {
  try {
    of.start();
    FAIL_CHECK("it started");
    return {};
  } catch (const failure& f) {
    return f.message();
  }
}

} // namespace

TEST_SUITE_BEGIN("kubo");

TEST_CASE("a node serves IPFS from the daemon that its configuration names") {
  kubo_daemon daemon({.settings = R"({"API": {"Authorizations": {
    "node": {"AuthSecret": "bearer:secret", "AllowedPaths": ["/api/v0"]}}}})"});
  temporary_directory data;
  auto node = node_with(data, daemon.api(), "bearer:secret");
  node->start();
  CHECK(node->ask(ipfs::get_id{}).agent.starts_with("kubo/"));
  CHECK(node->ask(ipfs::add_str{"hello world"}).text == "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD");
  CHECK(node->ask(ipfs::repo_stat{}).path == daemon.repository());
  CHECK(node->stop().clean);
}

TEST_CASE("a node whose daemon is absent or refuses it says so when it starts") {
  temporary_directory data;
  CHECK(refusal(*node_with(data, "/ip4/127.0.0.1/tcp/1")).find("/ip4/127.0.0.1/tcp/1") != std::string::npos);
  kubo_daemon daemon({.settings = R"({"API": {"Authorizations": {
    "node": {"AuthSecret": "bearer:secret", "AllowedPaths": ["/api/v0"]}}}})"});
  CHECK(refusal(*node_with(data, daemon.api(), "bearer:wrong")).find("API.Authorizations") != std::string::npos);
}

TEST_SUITE_END();
