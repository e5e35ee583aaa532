// How a block store on disk checks everything in it, with all cores.
#include "actors/ipfs/store/pack_block_store.hpp"
#include "actors/ipfs/system/thread_pool.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <unordered_set>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t page = 65536; // entries that are taken from the index at once, and read as they lie on the disk
constexpr std::uint64_t between_reports = 1024;

// What a thread reads and hashes in one go: enough that handing it over costs nothing.
constexpr std::size_t most_blocks = 256;
constexpr std::uint64_t most_bytes = 2 << 20;
constexpr std::size_t ahead = 4; // such pieces for each thread; in memory are only the blocks that are hashed just now

} // namespace

/// Blocks are handed out in pieces, and their results are told in the order in which they were handed out.
class pack_block_store::verification {
public:
  verification(pack_block_store& store, const std::function<void(const content_id&, std::string_view)>& report,
               const std::function<void(std::uint64_t)>& progress, std::stop_token stop)
      : store_(store), report_(report), progress_(progress), stop_(std::move(stop)),
        threads_(store.options_.verify_threads) {}
  ~verification() { is_over_ = true; }
  verification(const verification&) = delete;
  verification& operator=(const verification&) = delete;

  std::uint64_t run();

private:
  struct checked_block {
    multihash hash;
    bool is_here = false;
    std::optional<std::string> problem = {};
  };
  struct piece {
    std::vector<checked_block> blocks = {};
    std::uint64_t size = 0;
    std::exception_ptr thrown = {};
    bool done = false; ///< under the mutex
  };

  void add(const multihash& hash, std::uint64_t size);
  void submit();
  void check(piece& p);
  void tell_next();
  void check_stop() const {
    if (stop_.stop_requested()) throw failure(errc::cancelled, "the verification was stopped");
  }

  pack_block_store& store_;
  const std::function<void(const content_id&, std::string_view)>& report_;
  const std::function<void(std::uint64_t)>& progress_;
  const std::stop_token stop_;
  std::uint64_t read_ = 0;
  piece next_;
  std::atomic<bool> is_over_ = false;
  std::mutex mutex_;
  std::condition_variable done_;
  std::deque<piece> under_way_;
  thread_pool threads_; ///< joined before the rest goes
};

std::uint64_t pack_block_store::verification::run() {
  std::vector<std::pair<multihash, std::uint64_t>> pending;
  {
    std::shared_lock lock(store_.pending_mutex_);
    for (const auto& [hash, write] : store_.pending_) pending.emplace_back(hash, write.where.size);
  }
  std::unordered_set<multihash> seen;
  for (const auto& [hash, size] : pending) {
    seen.insert(hash);
    add(hash, size);
  }
  bytes after;
  for (;;) {
    auto blocks = store_.index_->blocks_after(after, page);
    if (blocks.empty()) break;
    auto last = blocks.back().hash.data();
    after.assign(last.begin(), last.end());
    std::ranges::sort(blocks, [](const auto& a, const auto& b) { return is_before(a.location, b.location); });
    for (const auto& block : blocks)
      if (!seen.contains(block.hash)) add(block.hash, block.location.size);
  }
  if (!next_.blocks.empty()) submit();
  while (!under_way_.empty()) tell_next();
  if (progress_) progress_(read_);
  return read_;
}

void pack_block_store::verification::add(const multihash& hash, std::uint64_t size) {
  check_stop();
  next_.blocks.push_back({hash});
  next_.size += size;
  if (next_.blocks.size() == most_blocks || next_.size >= most_bytes) submit();
}

void pack_block_store::verification::submit() {
  if (under_way_.size() == ahead * threads_.size()) tell_next();
  auto& p = under_way_.emplace_back(std::exchange(next_, {})); // where it stays until it is told
  threads_.submit([this, &p] {
    try {
      check(p);
    } catch (...) {
      p.thrown = std::current_exception();
    }
    std::lock_guard lock(mutex_);
    p.done = true;
    done_.notify_one();
  });
}

void pack_block_store::verification::check(piece& p) {
  for (auto& block : p.blocks) {
    if (is_over_ || stop_.stop_requested()) return;
    try {
      block.is_here = store_.get({1, codec::raw, block.hash}).has_value(); // it may have been removed meanwhile
    } catch (const failure& f) {
      block.is_here = true;
      block.problem = f.message();
    }
  }
}

/// Waits for the oldest piece that is under way.
void pack_block_store::verification::tell_next() {
  auto& p = under_way_.front();
  {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return p.done; });
  }
  check_stop();
  if (p.thrown) std::rethrow_exception(p.thrown);
  for (const auto& block : p.blocks) {
    if (!block.is_here) continue;
    ++read_;
    if (block.problem) report_({1, codec::raw, block.hash}, *block.problem);
    if (progress_ && read_ % between_reports == 0) progress_(read_);
  }
  under_way_.pop_front();
}

std::uint64_t pack_block_store::verify_all(const std::function<void(const content_id&, std::string_view)>& report,
                                           const std::function<void(std::uint64_t)>& progress, std::stop_token stop) {
  return verification(*this, report, progress, std::move(stop)).run();
}

} // namespace pillar::ipfs::engine
