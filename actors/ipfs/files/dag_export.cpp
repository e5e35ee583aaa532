#include "actors/ipfs/files/dag_export.hpp"

#include "actors/ipfs/format/block_links.hpp"
#include "actors/ipfs/format/car.hpp"
#include "actors/ipfs/store/dag_walk.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <unordered_set>
#include <vector>

namespace pillar::ipfs::engine {

namespace {

constexpr std::size_t piece_size = 1 << 20;
constexpr std::uint8_t written_bit = 1;

} // namespace

void export_dag(block_store& store, const content_id& root, const std::function<void(bytes_view)>& to,
                const std::stop_token& stop) {
  bytes piece;
  auto write = [&](bytes_view data) {
    while (!data.empty()) {
      auto some = data.first(std::min(data.size(), piece_size - piece.size()));
      append(piece, some);
      data = data.subspan(some.size());
      if (piece.size() < piece_size) continue;
      to(piece);
      piece.clear();
    }
  };
  block_marks written;
  std::unordered_set<multihash> new_written; // of blocks without a number
  auto is_first = [&](const content_id& id) {
    auto number = store.number_of(id);
    if (!number || *number == unnumbered) return new_written.insert(id.hash()).second;
    if (written.get(*number) & written_bit) return false;
    written.add(*number, written_bit);
    return true;
  };

  write(car_header(root));
  std::vector<content_id> waiting{root}; // the next at the end
  auto follow = [&](const content_id& id, bytes_view block) {
    if (!may_link(id)) return;
    auto begin = waiting.size();
    for_each_link(id, block, [&](const content_id& link) { waiting.push_back(link); });
    std::reverse(waiting.begin() + static_cast<std::ptrdiff_t>(begin), waiting.end());
  };
  while (!waiting.empty()) {
    if (stop.stop_requested()) throw failure(errc::cancelled, "the export was cancelled");
    auto id = std::move(waiting.back());
    waiting.pop_back();
    if (auto inlined = inlined_block(id)) {
      follow(id, *inlined); // it is in its CID, but what it links to may not be
      continue;
    }
    if (!is_first(id)) continue;
    auto block = store.get(id);
    if (!block)
      throw failure(errc::not_found, "block " + id.to_string() + " below " + root.to_string() + " is not here");
    write(section_head(id, block->size()));
    write(*block);
    follow(id, *block);
  }
  if (!piece.empty()) to(piece);
}

} // namespace pillar::ipfs::engine
