#include "tools/benchmarks/ipfs/content.hpp"
#include "tools/benchmarks/ipfs/ipfs_node.hpp"
#include "tools/benchmarks/ipfs/kubo_peer.hpp"
#include "tools/benchmarks/ipfs/machine.hpp"
#include "tools/benchmarks/ipfs/parts.hpp"

#include <optional>

namespace pillar::bench {

namespace fs = std::filesystem;

void measure_cat(const options& o, const fs::path& directory, report& to) {
  require_space(directory, (o.without_kubo ? 2 : 3) * o.size);
  auto file = directory / "file";
  write_random_file(file, o.size);
  auto n = start_node(directory / "node");
  auto id = n->ask(ipfs::add_file{.path = file}, patient).root.text;
  std::optional<kubo_peer> peer;
  if (!o.without_kubo) {
    peer.emplace();
    if (peer->add(file) != id) throw failure(errc::internal, "Kubo gives the file another CID than Pillar");
    sync_file_system_of(peer->repository());
  }
  fs::remove(file);
  samples pillar, kubo;
  for (std::size_t round = 0; round < o.rounds; ++round) {
    std::uint64_t read = 0;
    auto took = seconds_of([&] {
      auto pieces = n->ask(ipfs::cat{.path = id});
      while (auto piece = pieces.next()) read += piece->size();
    });
    if (read != o.size) throw failure(errc::internal, "cat gave " + std::to_string(read) + " bytes");
    pillar.push_back(static_cast<double>(o.size) / took / 1e6);
    if (peer) kubo.push_back(static_cast<double>(o.size) / seconds_of([&] { peer->cat(id); }) / 1e6);
  }
  stop_node(std::move(n));
  to.rates("cat, MB/s", pillar, kubo, at_least(3));
}

} // namespace pillar::bench
