#include "actors/ipfs/store/pack_block_store.hpp"
#include "tools/benchmarks/ipfs/content.hpp"
#include "tools/benchmarks/ipfs/ipfs_node.hpp"
#include "tools/benchmarks/ipfs/latency.hpp"
#include "tools/benchmarks/ipfs/machine.hpp"
#include "tools/benchmarks/ipfs/parts.hpp"

#include <algorithm>
#include <optional>

namespace pillar::bench {

namespace fs = std::filesystem;

namespace {

using namespace ipfs::engine;

constexpr std::size_t block_size = 100;
constexpr std::uint64_t blocks_of_small = 10'000;
constexpr std::uint64_t most_asked = 100'000; // different blocks that are asked for

/// Block number i of a repository: made from the number, so that nothing need be remembered.
bytes block_of(std::uint64_t i) {
  return noise(i).take(block_size);
}

content_id id_of(bytes_view block) {
  return {1, codec::raw, hash_of(hash_function::sha2_256, block)};
}

void fill_repository(const fs::path& directory, std::uint64_t blocks) {
  auto store = pack_block_store::open(directory);
  auto batch = store->begin();
  for (std::uint64_t i = 0; i < blocks; ++i) {
    auto block = block_of(i);
    bytes_view parts[] = {block};
    batch->put(id_of(block), parts);
  }
  batch->commit();
}

std::vector<ipfs::cid> some_of(std::uint64_t blocks) {
  noise choice;
  std::vector<ipfs::cid> out(static_cast<std::size_t>(std::min(blocks, most_asked)));
  for (auto& id : out) id.text = id_of(block_of(choice.below(blocks))).to_string();
  return out;
}

struct repository {
  fs::path data;
  std::vector<ipfs::cid> ids; ///< of some blocks
  samples start = {};         ///< seconds
  samples latency = {};       ///< microseconds

  repository(const fs::path& directory, std::uint64_t blocks) : data(directory) {
    fs::create_directories(data);
    fill_repository(data / "ipfs", blocks); // where a node has it
    ids = some_of(blocks);
  }
  void measure(std::size_t gets) {
    std::unique_ptr<node> n;
    start.push_back(seconds_of([&] { n = start_node(data, {{"ipfs.block-cache", "0"}}); })); // to compare the stores
    latency.push_back(latency_in_plugin(*n, picked(ids, gets)));
    stop_node(std::move(n));
  }
};

} // namespace

void measure_many(const options& o, const fs::path& directory, report& to) {
  require_space(directory, o.blocks * 400); // a block's record, and its row in the index
  repository small(directory / "small", std::min(o.blocks, blocks_of_small));
  std::optional<repository> large;
  auto took = seconds_of([&] { large.emplace(directory / "large", o.blocks); });
  for (std::size_t round = 0; round < o.rounds; ++round) {
    small.measure(o.gets);
    large->measure(o.gets);
  }
  auto count = grouped(static_cast<double>(o.blocks));
  to.figure("blocks put/s into the store, once", {static_cast<double>(o.blocks) / took});
  to.figure("start of a node on " + count + " blocks, s", large->start, at_most(1));
  to.figure("  on " + grouped(static_cast<double>(blocks_of_small)), small.start);
  to.figure("block_get among " + count + ", microseconds", large->latency);
  to.figure("  among " + grouped(static_cast<double>(blocks_of_small)), small.latency);
  to.figure("  times that among few", {median_ratio(large->latency, small.latency)}, at_most(2));
}

} // namespace pillar::bench
