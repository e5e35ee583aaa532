/// Directory trees that look like nobody's, from a seed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>

namespace pillar::test {

/// A seed for this run, which the message of a failed test must show. PILLAR_TEST_SEED repeats a run.
std::uint64_t fresh_seed();

/// Makes trees: sizes around every boundary of UnixFS, odd names, empty files and directories, symbolic links, deep and
/// wide directories.
class random_tree {
public:
  explicit random_tree(std::uint64_t seed) : random_(seed) {}

  /// Fills a directory, which is made, with about so many entries below it.
  void make(const std::filesystem::path& root, int entries);

  std::string content(std::size_t size); ///< random bytes
  std::size_t size();                    ///< of a file, at most about 1 MiB
  std::string name();                    ///< that a file can have, and is likely to be handled wrong

private:
  std::uint64_t below(std::uint64_t end) { return random_() % end; }

  std::mt19937_64 random_;
};

/// A text that is equal for equal trees: paths, kinds, targets and contents' hashes, in order.
std::string tree_text(const std::filesystem::path& root);

} // namespace pillar::test
