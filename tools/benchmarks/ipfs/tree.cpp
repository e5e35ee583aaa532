#include "tools/benchmarks/ipfs/content.hpp"
#include "tools/benchmarks/ipfs/ipfs_node.hpp"
#include "tools/benchmarks/ipfs/kubo_peer.hpp"
#include "tools/benchmarks/ipfs/machine.hpp"
#include "tools/benchmarks/ipfs/parts.hpp"

namespace pillar::bench {

namespace fs = std::filesystem;

void measure_tree(const options& o, const fs::path& directory, report& to) {
  require_space(directory, o.files * (30 << 10)); // file systems give each file 4 KiB at least; Kubo makes two of each
  auto files = static_cast<double>(o.files);
  samples pillar, usual, pebble;
  for (std::size_t round = 0; round < o.rounds; ++round) {
    auto tree = directory / "tree";
    write_random_tree(tree, o.files, 1 << 10);
    {
      auto n = start_node(directory / "node");
      pillar.push_back(files / seconds_of([&] { n->ask(ipfs::add_file{.path = tree}, patient); }));
      stop_node(std::move(n));
    }
    fs::remove_all(directory / "node");
    auto with = [&](kubo_peer::store s) {
      kubo_peer peer(s);
      return files / seconds_of([&] { peer.add(tree); });
    };
    if (!o.without_kubo) {
      usual.push_back(with(kubo_peer::store::files));
      pebble.push_back(with(kubo_peer::store::pebble));
    }
    fs::remove_all(tree);
  }
  auto best_is_pebble = median(pebble) >= median(usual);
  auto limit_of = [&](bool best) { return best ? std::optional(at_least(2)) : std::nullopt; };
  to.rates("files/s, Kubo's default store", pillar, usual, limit_of(!best_is_pebble));
  to.rates("files/s, Kubo's pebble store", pillar, pebble, limit_of(best_is_pebble));
}

} // namespace pillar::bench
