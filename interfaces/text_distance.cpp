#include "interfaces/text_distance.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace pillar {

namespace {

// A name given by a user may be of any length; this keeps the work and the three rows small.
constexpr std::size_t longest = 256;

using row = std::array<std::size_t, longest + 1>;

} // namespace

std::size_t text_distance(std::string_view a, std::string_view b) {
  a = a.substr(0, longest);
  b = b.substr(0, longest);
  row before_last{}, last{}, current{};
  std::iota(current.begin(), current.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = last;
    last = current;
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before_last[j - 2] + 1);
    }
  }
  return current[b.size()];
}

std::string nearest_text(std::string_view to, std::span<const std::string> candidates) {
  const auto best = std::min_element(candidates.begin(), candidates.end(), [&](const auto& a, const auto& b) {
    return text_distance(to, a) < text_distance(to, b);
  });
  return best == candidates.end() ? std::string() : *best;
}

} // namespace pillar
