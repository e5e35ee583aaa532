/// What a benchmark prints: medians, a table for people, and one JSON object a line for programs.
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace pillar::bench {

/// The middle of the values, or the mean of the two middle ones; 0 of none.
double median(std::vector<double> values);

/// The middle of a[i] / b[i]: both were measured in the same round, so that what disturbs a round disturbs both.
double median_ratio(const std::vector<double>& a, const std::vector<double>& b);

/// 1234567.8 as "1,234,568".
std::string grouped(double value);

/// "2.31"
std::string with_decimals(double value, int decimals = 2);

/// Columns as wide as their widest cell, the first aligned to the left, the others to the right.
class table {
public:
  explicit table(std::vector<std::string> head) : rows_{std::move(head)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string text() const;

private:
  std::vector<std::vector<std::string>> rows_;
};

/// What was measured, for the end of the output.
class json_lines {
public:
  void add(boost::json::object line) { lines_.push_back(std::move(line)); }
  std::string text() const;

private:
  std::vector<boost::json::object> lines_;
};

/// The values as JSON numbers, rounded to whole ones when they are large.
boost::json::array numbers(const std::vector<double>& values);

} // namespace pillar::bench
