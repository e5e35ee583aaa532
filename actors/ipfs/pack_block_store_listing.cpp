// What a block store on disk holds: its blocks and pins one after another, its figures, and whether all of it is sound.
#include "actors/ipfs/pack_block_store.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t page = 1024;           // entries that are taken from the index at once
constexpr std::size_t verified_page = 65536; // the same where they are read in the order in which they lie on the disk
constexpr std::uint64_t between_reports = 1024;

content_id listed(const multihash& hash) {
  return {1, codec::raw, hash};
}

} // namespace

void pack_block_store::for_each_pin(const std::function<void(const engine::pin&)>& visit) {
  // First what waits for the index: what moves there meanwhile is in both, and counts once.
  std::map<content_id, std::optional<engine::pin>> pending;
  {
    std::shared_lock lock(pending_mutex_);
    for (const auto& p : pending_pins_) pending[p.change.root] = p.change.pin;
  }
  for (const auto& [root, pin] : pending)
    if (pin) visit(*pin);
  bytes after;
  for (auto pins = index_->pins_after(after, page); !pins.empty(); pins = index_->pins_after(after, page)) {
    for (const auto& pin : pins)
      if (!pending.contains(pin.root)) visit(pin);
    after.clear();
    pins.back().root.append_to(after);
  }
}

void pack_block_store::for_each_block(const std::function<void(const content_id&, std::uint64_t)>& visit) {
  std::vector<std::pair<multihash, std::uint64_t>> pending;
  std::unordered_set<multihash> visited;
  {
    std::shared_lock lock(pending_mutex_);
    for (const auto& [hash, write] : pending_) pending.emplace_back(hash, write.where.size);
  }
  for (const auto& [hash, size] : pending) {
    visited.insert(hash);
    visit(listed(hash), size);
  }
  bytes after;
  for (auto blocks = index_->blocks_after(after, page); !blocks.empty(); blocks = index_->blocks_after(after, page)) {
    for (const auto& block : blocks) {
      if (visited.contains(block.hash)) continue;
      {
        std::shared_lock lock(pending_mutex_);
        auto at = hidden_.find(block.hash);
        if (at != hidden_.end() && is_same_place(at->second, block.location)) continue;
      }
      visit(listed(block.hash), block.location.size);
    }
    auto last = blocks.back().hash.data();
    after.assign(last.begin(), last.end());
  }
}

std::optional<std::uint64_t> pack_block_store::number_of(const content_id& id) {
  auto found = find(id.hash());
  if (!found) return {};
  return found->number;
}

std::uint64_t pack_block_store::verify_all(const std::function<void(const content_id&, std::string_view)>& report,
                                           const std::function<void(std::uint64_t)>& progress, std::stop_token stop) {
  std::uint64_t read = 0;
  auto check = [&](const multihash& hash) {
    if (stop.stop_requested()) throw failure(errc::cancelled, "the verification was stopped");
    auto id = listed(hash);
    std::optional<failure> problem;
    try {
      if (!get(id)) return; // removed meanwhile
    } catch (const failure& f) {
      problem = f;
    }
    ++read;
    if (problem) report(id, problem->message());
    if (progress && read % between_reports == 0) progress(read);
  };
  std::vector<multihash> pending;
  {
    std::shared_lock lock(pending_mutex_);
    for (const auto& [hash, write] : pending_) pending.push_back(hash);
  }
  std::unordered_set<multihash> checked(pending.begin(), pending.end());
  for (const auto& hash : pending) check(hash);
  bytes after;
  for (;;) {
    auto blocks = index_->blocks_after(after, verified_page);
    if (blocks.empty()) break;
    auto last = blocks.back().hash.data();
    after.assign(last.begin(), last.end());
    std::ranges::sort(blocks, [](const auto& a, const auto& b) { return is_before(a.location, b.location); });
    for (const auto& block : blocks)
      if (!checked.contains(block.hash)) check(block.hash);
  }
  if (progress) progress(read);
  return read;
}

store_stats pack_block_store::stats() {
  store_stats out{.directory = repository_.directory(), .version = repository::version};
  std::vector<std::pair<multihash, std::uint64_t>> pending;
  {
    std::shared_lock lock(pending_mutex_);
    for (const auto& [hash, write] : pending_) pending.emplace_back(hash, write.where.size);
  }
  for (const auto& [hash, size] : pending) {
    if (index_->find(hash)) continue; // it moves
    ++out.blocks;
    out.block_bytes += size;
  }
  auto indexed = index_->blocks();
  out.blocks += indexed.count;
  out.block_bytes += indexed.bytes;
  std::error_code none;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(repository_.directory(), none))
    if (auto size = entry.is_regular_file(none) ? entry.file_size(none) : 0; !none) out.disk_bytes += size;
  return out;
}

} // namespace pillar::ipfs::engine
