/// A table on standard output, left-aligned, its columns a blank apart.
#pragma once

#include "tools/pillar/output.hpp"

#include <string>
#include <vector>

namespace pillar::cli {

/// The columns fit up to 1,000 rows together; then, or when it streams, each row is written at once, and what is
/// shorter than ten characters is filled up to that, as `ipfs ls --stream` does.
class columns {
public:
  using cells = std::vector<std::string>;

  columns(output& to, bool streams) : to_(to), streams_(streams) {}

  void row(cells texts);
  void end(); ///< writes what is held back

private:
  void write(const cells& texts, std::size_t least);

  output& to_;
  bool streams_;
  std::vector<cells> rows_;
  std::vector<std::size_t> widths_;
};

} // namespace pillar::cli
