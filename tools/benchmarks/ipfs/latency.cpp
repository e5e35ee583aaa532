#include "tools/benchmarks/ipfs/latency.hpp"

#include "tools/benchmarks/figures.hpp"
#include "tools/benchmarks/ipfs/content.hpp"
#include "tools/benchmarks/ipfs/ipfs_node.hpp"
#include "tools/benchmarks/ipfs/machine.hpp"

#include <utility>

namespace pillar::bench {

namespace {

using clock = std::chrono::steady_clock;

task<> get_blocks(caller& by, std::span<const ipfs::cid> order, std::vector<double>& took) {
  for (auto& id : order) {
    auto begin = clock::now();
    co_await by.ask(ipfs::block_get{id});
    took.push_back(in_microseconds(clock::now() - begin));
  }
}

} // namespace

std::vector<ipfs::cid> picked(std::span<const ipfs::cid> ids, std::size_t count) {
  noise choice;
  std::vector<ipfs::cid> out(count);
  for (auto& id : out) id = ids[choice.below(ids.size())];
  return out;
}

std::vector<ipfs::cid> shuffled(std::vector<ipfs::cid> ids) {
  noise choice;
  for (auto i = ids.size(); i > 1; --i) std::swap(ids[i - 1], ids[choice.below(i)]); // Fisher, Yates
  return ids;
}

double latency_in_plugin(node& n, std::span<const ipfs::cid> order) {
  std::vector<double> took;
  in_plugin(n, [&](caller& by) { return get_blocks(by, order, took); }).get();
  return median(std::move(took));
}

double latency_of_node_ask(node& n, std::span<const ipfs::cid> order) {
  std::vector<double> took;
  for (auto& id : order) {
    auto begin = clock::now();
    n.ask(ipfs::block_get{id});
    took.push_back(in_microseconds(clock::now() - begin));
  }
  return median(std::move(took));
}

} // namespace pillar::bench
