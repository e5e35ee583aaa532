#include "tools/benchmarks/ipfs/kubo_peer.hpp"

#ifdef PILLAR_HAS_TEST_SUPPORT

#include "tests/support/kubo_daemon.hpp"

namespace pillar::bench {

struct kubo_peer::daemon {
  test::kubo_daemon process;
};

kubo_peer::kubo_peer(store s)
    : daemon_(new daemon{test::kubo_daemon({.profiles = s == store::pebble ? "test,pebbleds" : "test"})}) {}

std::string kubo_peer::add(const std::filesystem::path& path) const {
  auto lines = daemon_->process.text({"add", "-r", "-q", "--progress=false", path.string()});
  return lines.substr(lines.rfind('\n') + 1); // the root comes last
}

void kubo_peer::cat(const std::string& id) const {
  daemon_->process.run_silently({"cat", id});
}

const std::string& kubo_peer::api() const {
  return daemon_->process.api();
}

std::filesystem::path kubo_peer::repository() const {
  return daemon_->process.repository();
}

} // namespace pillar::bench

#else

#include <stdexcept>

namespace pillar::bench {

struct kubo_peer::daemon {};

kubo_peer::kubo_peer(store) {
  throw std::runtime_error("this bench-ipfs was built without the tests' Kubo daemon: configure the build with "
                           "-DPILLAR_TESTS=ON and build it again, or measure Pillar alone with --without-kubo");
}

std::string kubo_peer::add(const std::filesystem::path&) const {
  return {};
}

void kubo_peer::cat(const std::string&) const {}

const std::string& kubo_peer::api() const {
  static const std::string none;
  return none;
}

std::filesystem::path kubo_peer::repository() const {
  return {};
}

} // namespace pillar::bench

#endif

namespace pillar::bench {

kubo_peer::~kubo_peer() = default;

} // namespace pillar::bench
