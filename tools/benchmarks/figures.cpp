#include "tools/benchmarks/figures.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace pillar::bench {

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double median_ratio(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) ratios.push_back(a[i] / b[i]);
  return median(std::move(ratios));
}

std::string with_decimals(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string grouped(double value) {
  auto text = with_decimals(value, 0);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

std::string table::text() const {
  std::vector<std::size_t> widths;
  for (auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string all;
  for (auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::string padding(widths[i] - row[i].size(), ' ');
      if (i == 0) all += row[i] + padding;
      else all += "  " + padding + row[i];
    }
    all.erase(all.find_last_not_of(' ') + 1);
    all += '\n';
  }
  return all;
}

std::string json_lines::text() const {
  std::string all;
  for (auto& line : lines_) all += boost::json::serialize(line) + '\n';
  return all;
}

boost::json::array numbers(const std::vector<double>& values) {
  boost::json::array all;
  for (auto v : values) {
    if (std::abs(v) >= 1000) all.emplace_back(std::llround(v));
    else all.emplace_back(std::round(v * 1000) / 1000);
  }
  return all;
}

} // namespace pillar::bench
