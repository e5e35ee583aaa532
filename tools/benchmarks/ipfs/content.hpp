/// Content that no store has seen before and nothing can compress.
#pragma once

#include "interfaces/interface.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace pillar::bench {

/// Pseudo-random bytes, faster than anything that is measured with them (xorshift128+, Vigna 2017).
class noise {
public:
  noise(); ///< other bytes for each object
  explicit noise(std::uint64_t seed);

  void fill(std::span<std::byte> to);
  bytes take(std::size_t size);
  /// A number below `limit`.
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }

private:
  std::uint64_t next();
  std::uint64_t a_, b_;
};

/// So many pieces of so many bytes.
std::vector<bytes> random_pieces(std::size_t count, std::size_t size);

/// Writes a file of random bytes and waits until the disk has it, so that this does not disturb what comes next.
void write_random_file(const std::filesystem::path& file, std::uint64_t size);

/// The same with a new directory of random files of one size, a hundred in each directory below it.
void write_random_tree(const std::filesystem::path& directory, std::size_t files, std::size_t size);

} // namespace pillar::bench
