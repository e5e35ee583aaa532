/// What the demo says of its results. Everything in it is printable, whatever files are called.
#pragma once

#include "tools/notary/ledger.hpp"
#include "tools/notary/verification.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace demo {

inline constexpr std::size_t shown_problems = 10; ///< of a kind; a count stands for the rest

void say_title(std::string_view title); ///< after an empty line
void say_line(const std::string& text); ///< indented below a title

/// "1 file", "2 files".
std::string count(std::uint64_t n, std::string_view one, std::string_view many);

/// How long it took so far.
class stopwatch {
public:
  std::string text() const; ///< "250 ms", "2.5 s"

private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

/// How many files were recorded and what was left out, and up to `shown_problems` of those that could not be.
void say_recorded(const ledger::progress& p, const stopwatch& time);

/// The last version of each file as a table of at most `rows` (0: all), and totals.
void say_entries(const std::vector<ledger::entry>& entries, std::size_t rows);

void say_verified(const verification& v, const stopwatch& time);

} // namespace demo
