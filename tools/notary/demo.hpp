/// The demo: Pillar's main job on a directory, step by step, for somebody who sees it for the first time.
#pragma once

#include <cstddef>
#include <filesystem>

namespace demo {

struct demo_options {
  std::filesystem::path directory;
  std::filesystem::path data{}; ///< of the node; empty: a temporary place
  std::size_t rows = 20;        ///< of the table
  bool each = false;            ///< print a line for each entry, as soon as it is durable
  bool watch = false;           ///< go on watching instead of the later steps
};

/// Exit codes.
enum class outcome : int {
  good = 0,
  unexpected = 1, ///< something could not be recorded or verified, or damage was not detected
  interrupted = 130,
};

/// Runs all of it, and says on standard output what it does and finds. Throws failure.
outcome run(const demo_options& options);

} // namespace demo
