#include "actors/ipfs/kubo/kubo_client.hpp"
#include "tools/benchmarks/ipfs/content.hpp"
#include "tools/benchmarks/ipfs/ipfs_node.hpp"
#include "tools/benchmarks/ipfs/kubo_peer.hpp"
#include "tools/benchmarks/ipfs/machine.hpp"
#include "tools/benchmarks/ipfs/parts.hpp"

#include <optional>

namespace pillar::bench {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t size = 1 << 10;
constexpr std::size_t many = 16; // callers

/// Adds the pieces of one caller, one after the other.
task<> add_all(caller& by, std::span<const bytes> pieces) {
  for (const auto& piece : pieces) co_await by.ask(ipfs::add_bytes{.data = piece});
}

/// Adds a second by so many callers, each of which waits for its answer before it adds again.
double rate_of_node(node& n, std::size_t callers, std::size_t each) {
  auto pieces = random_pieces(callers * each, size);
  auto share = [&](std::size_t i) { return std::span(pieces).subspan(i * each, each); };
  auto took = seconds_of([&] {
    std::vector<std::future<void>> ended;
    for (std::size_t i = 0; i < callers; ++i)
      ended.push_back(in_plugin(n, [mine = share(i)](caller& by) { return add_all(by, mine); }));
    for (auto& e : ended) e.get();
  });
  return static_cast<double>(pieces.size()) / took;
}

double rate_of_threads(node& n, std::size_t callers, std::size_t each) {
  auto pieces = random_pieces(callers * each, size);
  auto took = seconds_of([&] {
    in_threads(callers, [&](std::size_t i) {
      for (auto& piece : std::span(pieces).subspan(i * each, each)) n.ask(ipfs::add_bytes{.data = piece});
    });
  });
  return static_cast<double>(pieces.size()) / took;
}

double rate_of_kubo(const ipfs::engine::kubo_client& client, std::size_t callers, std::size_t each) {
  auto pieces = random_pieces(callers * each, size);
  auto took = seconds_of([&] {
    in_threads(callers, [&](std::size_t i) {
      ipfs::engine::kubo_request add{.command = "add", .arguments = {{"pin", "true"}, {"progress", "false"}}};
      for (auto& piece : std::span(pieces).subspan(i * each, each)) client.ask(add, piece).json();
    });
  });
  return static_cast<double>(pieces.size()) / took;
}

} // namespace

void measure_small(const options& o, const fs::path& directory, report& to) {
  require_space(directory, o.rounds * o.adds * 8 * (16 << 10));
  samples one, sixteen, threads, kubo_one, kubo_sixteen;
  auto n = start_node(directory / "node");
  std::optional<kubo_peer> peer;
  std::optional<ipfs::engine::kubo_client> client;
  if (!o.without_kubo) {
    peer.emplace();
    client.emplace(ipfs::engine::kubo_client_options{.api = peer->api()});
  }
  for (std::size_t round = 0; round < o.rounds; ++round) {
    one.push_back(rate_of_node(*n, 1, o.adds));
    if (client) kubo_one.push_back(rate_of_kubo(*client, 1, o.adds));
    sixteen.push_back(rate_of_node(*n, many, o.adds));
    threads.push_back(rate_of_threads(*n, many, o.adds));
    if (client) kubo_sixteen.push_back(rate_of_kubo(*client, many, o.adds / 4));
  }
  stop_node(std::move(n));
  to.rates("adds/s, 1 caller", one, kubo_one, at_least(3));
  to.rates("adds/s, 16 callers", sixteen, kubo_sixteen, at_least(8));
  to.rates("  16 threads that call node.ask", threads, kubo_sixteen);
}

} // namespace pillar::bench
