#include "tools/benchmarks/ipfs/latency.hpp"

#include "tools/benchmarks/figures.hpp"
#include "tools/benchmarks/ipfs/content.hpp"
#include "tools/benchmarks/ipfs/ipfs_node.hpp"
#include "tools/benchmarks/ipfs/machine.hpp"

namespace pillar::bench {

namespace {

using clock = std::chrono::steady_clock;

task<> get_blocks(caller& by, std::span<const ipfs::cid> ids, std::vector<double>& took) {
  noise order;
  for (auto& each : took) {
    auto& id = ids[order.below(ids.size())];
    auto begin = clock::now();
    co_await by.ask(ipfs::block_get{id});
    each = in_microseconds(clock::now() - begin);
  }
}

} // namespace

double latency_in_plugin(node& n, std::span<const ipfs::cid> ids, std::size_t gets) {
  std::vector<double> took(gets);
  in_plugin(n, [&](caller& by) { return get_blocks(by, ids, took); }).get();
  return median(std::move(took));
}

double latency_of_node_ask(node& n, std::span<const ipfs::cid> ids, std::size_t gets) {
  noise order;
  std::vector<double> took(gets);
  for (auto& each : took) {
    auto& id = ids[order.below(ids.size())];
    auto begin = clock::now();
    n.ask(ipfs::block_get{id});
    each = in_microseconds(clock::now() - begin);
  }
  return median(std::move(took));
}

} // namespace pillar::bench
