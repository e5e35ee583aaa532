/// What bench-ipfs found: rows of a table for people, and one JSON object a row for programs.
#pragma once

#include "tools/benchmarks/figures.hpp"
#include "tools/benchmarks/ipfs/options.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pillar::bench {

using samples = std::vector<double>; ///< by round

enum class better { more, less };

/// A limit that the issue or the documentation sets.
struct limit {
  better which;
  double value;
};
inline limit at_least(double value) {
  return {better::more, value};
}
inline limit at_most(double value) {
  return {better::less, value};
}

/// One part's.
class report {
public:
  explicit report(std::string part)
      : part_(std::move(part)), table_({part_, "Pillar", "Kubo, machine", "ratio", "to reach", "reached"}) {}

  /// Rates of both sides, in the same rounds: the ratio is Pillar's to Kubo's. `kubo` may be empty: not measured.
  void rates(const std::string& what, const samples& pillar, const samples& kubo, std::optional<limit> wanted = {});

  /// Durations of both sides: the ratio is Kubo's to Pillar's, so that more is better here, too.
  void durations(const std::string& what, const samples& pillar, const samples& kubo, std::optional<limit> wanted = {});

  /// A figure of Pillar's that has a limit of its own, or none.
  void figure(const std::string& what, const samples& pillar, std::optional<limit> wanted = {});

  /// A figure of the machine, or of Kubo alone.
  void other(const std::string& what, const samples& values);

  std::string text() const { return table_.text(); }
  std::string json() const { return lines_.text(); }

private:
  void add(const std::string& what, const samples& pillar, const samples& other, std::optional<double> compared,
           std::optional<double> ratio, std::optional<limit> wanted);

  std::string part_;
  table table_;
  json_lines lines_;
};

} // namespace pillar::bench
