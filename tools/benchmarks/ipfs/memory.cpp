#include "tools/benchmarks/ipfs/content.hpp"
#include "tools/benchmarks/ipfs/ipfs_node.hpp"
#include "tools/benchmarks/ipfs/machine.hpp"
#include "tools/benchmarks/ipfs/part_process.hpp"
#include "tools/benchmarks/ipfs/parts.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <new>

namespace pillar::bench {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t medium_uploads = 5; // one alone is too short to be measured well

/// Sends random bytes as an upload, piece by piece.
void upload_random(node& n, noise& source, std::uint64_t size) {
  constexpr std::uint64_t piece = 1 << 20;
  auto to = n.ask(ipfs::upload_begin{});
  for (std::uint64_t sent = 0; sent < size; sent += piece)
    n.ask(ipfs::upload_data{to, source.take(static_cast<std::size_t>(std::min(piece, size - sent)))}, patient);
  n.ask(ipfs::upload_end{to}, patient);
}

struct use {
  double growth;      ///< MiB over the idle node at its peak
  double nanoseconds; ///< per byte
};

/// Uploads to a new node.
use upload_to_node(const fs::path& directory, std::size_t count, std::uint64_t size) {
  auto n = start_node(directory);
  auto idle = resident_memory();
  forget_peak();
  noise source;
  auto took = seconds_of([&] {
    for (std::size_t i = 0; i < count; ++i) upload_random(*n, source, size);
  });
  auto peak = peak_memory();
  stop_node(std::move(n));
  return {static_cast<double>(peak - std::min(idle, peak)) / (1 << 20), took * 1e9 / static_cast<double>(count * size)};
}

/// The same in a process of its own, whose memory nothing was done with before.
use upload_in_new_process(const fs::path& directory, std::size_t count, std::uint64_t size) {
  auto* shared = ::mmap(nullptr, sizeof(use), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) throw failure_of_errno(errno, "cannot share memory with a process");
  auto* found = new (shared) use{};
  auto ended = in_process_of_its_own([&] { *found = upload_to_node(directory, count, size); }, "bench-ipfs: memory");
  auto result = *found;
  ::munmap(shared, sizeof(use));
  fs::remove_all(directory);
  if (ended != part_end::done) throw failure(errc::internal, "an upload was not measured");
  return result;
}

std::string in_mebibytes(std::uint64_t size) {
  return grouped(static_cast<double>(size) / (1 << 20)) + " MiB";
}

} // namespace

void measure_memory(const options& o, const fs::path& directory, report& to) {
  require_space(directory, std::max(o.large, medium_uploads * o.medium));
  samples growth, medium_growth, time, medium_time, ratio, disk_time, disk_ratio;
  for (std::size_t round = 0; round < o.rounds; ++round) {
    auto medium = upload_in_new_process(directory / "medium", medium_uploads, o.medium);
    auto large = upload_in_new_process(directory / "large", 1, o.large);
    medium_growth.push_back(medium.growth), medium_time.push_back(medium.nanoseconds);
    growth.push_back(large.growth), time.push_back(large.nanoseconds);
    ratio.push_back(large.nanoseconds / medium.nanoseconds);
    auto disk = 1e9 / durable_write_rate(directory, o.large),
         medium_disk = 1e9 / durable_write_rate(directory, o.medium);
    disk_time.push_back(disk), disk_ratio.push_back(disk / medium_disk);
  }
  to.figure("peak over the idle node, " + in_mebibytes(o.large) + ": MiB", growth, at_most(64));
  to.figure("  with " + in_mebibytes(o.medium), medium_growth);
  to.figure("time per byte, " + in_mebibytes(o.large) + ": ns", time);
  to.figure("  with " + in_mebibytes(o.medium), medium_time);
  to.figure("  times that of the smaller", ratio, at_most(1.1)); // the same, but for what disturbs the machine
  to.other("  one file written and synced, ns per byte", disk_time);
  to.other("  times that of the smaller", disk_ratio); // a disk may be fast only for as long as its cache lasts
}

} // namespace pillar::bench
