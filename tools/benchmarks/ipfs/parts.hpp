/// The parts of bench-ipfs. Each makes its data in `directory`, which is its own, and throws what goes wrong.
#pragma once

#include "tools/benchmarks/ipfs/options.hpp"
#include "tools/benchmarks/ipfs/report.hpp"

#include <filesystem>
#include <span>
#include <string_view>

namespace pillar::bench {

struct part {
  std::string_view name;
  std::string_view meaning;
  void (*measure)(const options& o, const std::filesystem::path& directory, report& to);
};

void measure_add(const options& o, const std::filesystem::path& directory, report& to);
void measure_tree(const options& o, const std::filesystem::path& directory, report& to);
void measure_small(const options& o, const std::filesystem::path& directory, report& to);
void measure_cat(const options& o, const std::filesystem::path& directory, report& to);
void measure_block(const options& o, const std::filesystem::path& directory, report& to);
void measure_memory(const options& o, const std::filesystem::path& directory, report& to);
void measure_many(const options& o, const std::filesystem::path& directory, report& to);
void measure_pubsub(const options& o, const std::filesystem::path& directory, report& to);

inline constexpr part parts[] = {
    {"add", "one large file of random data, durable", measure_add},
    {"tree", "a directory tree of small files", measure_tree},
    {"small", "single durable pinned adds of 1 KiB", measure_small},
    {"cat", "reading one large file, verified", measure_cat},
    {"block", "latency of block_get", measure_block},
    {"memory", "peak memory and speed with a very large input", measure_memory},
    {"many", "a repository of millions of blocks", measure_many},
    {"pubsub", "messages through topics", measure_pubsub},
};

} // namespace pillar::bench
