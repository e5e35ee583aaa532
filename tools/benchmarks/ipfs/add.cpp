#include "tools/benchmarks/ipfs/content.hpp"
#include "tools/benchmarks/ipfs/ipfs_node.hpp"
#include "tools/benchmarks/ipfs/kubo_peer.hpp"
#include "tools/benchmarks/ipfs/machine.hpp"
#include "tools/benchmarks/ipfs/parts.hpp"

#include <algorithm>

namespace pillar::bench {

namespace fs = std::filesystem;

void measure_add(const options& o, const fs::path& directory, report& to) {
  require_space(directory, (o.without_kubo ? 2 : 3) * o.size); // the file, and a copy in each store
  auto bytes_added = static_cast<double>(o.size);
  samples pillar, kubo, synced, hashing, writing, share;
  for (std::size_t round = 0; round < o.rounds; ++round) {
    hashing.push_back(hash_rate(o.size) / 1e6);
    writing.push_back(durable_write_rate(directory, o.size) / 1e6);
    auto file = directory / "file";
    write_random_file(file, o.size);
    {
      auto n = start_node(directory / "node");
      auto took = seconds_of([&] { n->ask(ipfs::add_file{.path = file}, patient); });
      pillar.push_back(bytes_added / took / 1e6);
      stop_node(std::move(n));
    }
    fs::remove_all(directory / "node");
    if (!o.without_kubo) {
      kubo_peer peer;
      auto took = seconds_of([&] { peer.add(file); });
      kubo.push_back(bytes_added / took / 1e6);
      took += seconds_of([&] { sync_file_system_of(peer.repository()); });
      synced.push_back(bytes_added / took / 1e6);
    }
    share.push_back(pillar.back() / std::min(hashing.back(), writing.back()) * 100);
  }
  to.rates("add, MB/s", pillar, kubo, at_least(2.5));
  to.rates("  Kubo with a sync after it", pillar, synced);
  to.other("  SHA-256 over all cores", hashing);
  to.other("  durable sequential write", writing);
  to.figure("  % of the smaller of the two", share, at_least(70));
}

} // namespace pillar::bench
