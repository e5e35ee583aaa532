/// What bench-ipfs is to measure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pillar::bench {

struct options {
  std::size_t rounds = 3;
  bool quick = false;
  bool json_only = false;
  bool without_kubo = false;
  std::uint64_t size = 1ull << 30;     ///< bytes of the one file of add and cat
  std::uint64_t large = 10ull << 30;   ///< bytes of the large input
  std::uint64_t medium = 100ull << 20; ///< bytes of the input that it is compared with
  std::size_t files = 10'000;          ///< of the tree
  std::size_t adds = 300;              ///< single ones, for each of four callers
  std::size_t gets = 5'000;            ///< of single blocks, in each round
  std::uint64_t blocks = 5'000'000;    ///< of the large repository
  std::size_t messages = 500'000;      ///< through a topic, in each round
  std::size_t kubo_messages = 4'000;   ///< the same through a daemon
};

} // namespace pillar::bench
