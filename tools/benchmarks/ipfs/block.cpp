#include "actors/ipfs/kubo/kubo_client.hpp"
#include "tools/benchmarks/ipfs/content.hpp"
#include "tools/benchmarks/ipfs/ipfs_node.hpp"
#include "tools/benchmarks/ipfs/kubo_peer.hpp"
#include "tools/benchmarks/ipfs/latency.hpp"
#include "tools/benchmarks/ipfs/machine.hpp"
#include "tools/benchmarks/ipfs/parts.hpp"

#include <optional>

namespace pillar::bench {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t size = 1 << 10;
constexpr std::size_t blocks = 1000;

/// The middle of the latencies of block/get on one connection, in microseconds.
double latency_of_kubo(const ipfs::engine::kubo_client& client, std::span<const ipfs::cid> order) {
  std::vector<double> took;
  for (auto& id : order) {
    auto begin = std::chrono::steady_clock::now();
    client.ask({.command = "block/get", .arguments = {{"arg", id.text}}}).content(2 * size);
    took.push_back(in_microseconds(std::chrono::steady_clock::now() - begin));
  }
  return median(std::move(took));
}

} // namespace

void measure_block(const options& o, const fs::path& directory, report& to) {
  require_space(directory, blocks * (16 << 10));
  auto n = start_node(directory / "node");
  std::optional<kubo_peer> peer;
  std::optional<ipfs::engine::kubo_client> client;
  if (!o.without_kubo) {
    peer.emplace();
    client.emplace(ipfs::engine::kubo_client_options{.api = peer->api()});
  }
  std::vector<ipfs::cid> ids;
  for (auto& block : random_pieces(blocks, size)) {
    if (client) client->ask({.command = "block/put", .arguments = {{"cid-codec", "raw"}}}, block).json();
    ids.push_back(n->ask(ipfs::block_put{.data = std::move(block)}).id);
  }
  samples first, again, application, kubo;
  for (std::size_t round = 0; round < o.rounds; ++round) {
    stop_node(std::move(n)); // a new one has no block at hand
    n = start_node(directory / "node");
    first.push_back(latency_in_plugin(*n, shuffled(ids)));
    again.push_back(latency_in_plugin(*n, picked(ids, o.gets)));
    application.push_back(latency_of_node_ask(*n, picked(ids, o.gets)));
    if (client) kubo.push_back(latency_of_kubo(*client, picked(ids, o.gets)));
  }
  stop_node(std::move(n));
  to.durations("block_get of 1 KiB, microseconds", again, kubo, at_least(10));
  to.durations("  of blocks that were not read lately", first, kubo, at_least(10));
  to.durations("  node.ask, from outside of an actor", application, kubo);
}

} // namespace pillar::bench
