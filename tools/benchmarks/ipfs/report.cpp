#include "tools/benchmarks/ipfs/report.hpp"

#include <boost/json/array.hpp>

#include <cmath>

namespace pillar::bench {

namespace {

/// Three digits, or more before the point.
std::string shown(double value) {
  auto size = std::abs(value);
  return size >= 1000 ? grouped(value) : with_decimals(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

std::string shown(const samples& values) {
  return values.empty() ? "" : shown(median(values));
}

/// "2.5", "64", "200,000"
std::string shown_limit(double value) {
  return std::floor(value) == value ? grouped(value)
                                    : with_decimals(value, value * 10 == std::floor(value * 10) ? 1 : 2);
}

} // namespace

void report::rates(const std::string& what, const samples& pillar, const samples& kubo, std::optional<limit> wanted) {
  std::optional<double> ratio;
  if (!kubo.empty()) ratio = median_ratio(pillar, kubo);
  add(what, pillar, kubo, ratio, ratio, wanted);
}

void report::durations(const std::string& what, const samples& pillar, const samples& kubo,
                       std::optional<limit> wanted) {
  std::optional<double> ratio;
  if (!kubo.empty()) ratio = median_ratio(kubo, pillar);
  add(what, pillar, kubo, ratio, ratio, wanted);
}

void report::figure(const std::string& what, const samples& pillar, std::optional<limit> wanted) {
  add(what, pillar, {}, median(pillar), {}, wanted);
}

void report::other(const std::string& what, const samples& values) {
  add(what, {}, values, {}, {}, {});
}

void report::add(const std::string& what, const samples& pillar, const samples& other, std::optional<double> compared,
                 std::optional<double> ratio, std::optional<limit> wanted) {
  std::optional<bool> reached;
  if (wanted && compared)
    reached = wanted->which == better::more ? *compared >= wanted->value : *compared <= wanted->value;
  table_.add({what, shown(pillar), shown(other), ratio ? shown(*ratio) : "",
              wanted ? (wanted->which == better::more ? ">= " : "<= ") + shown_limit(wanted->value) : "",
              reached ? *reached ? "yes" : "no" : ""});
  boost::json::object line{{"benchmark", "ipfs"}, {"part", part_}, {"what", what}};
  if (!pillar.empty()) line["pillar"] = numbers(pillar);
  if (!other.empty()) line["other"] = numbers(other);
  if (ratio) line["ratio"] = *ratio;
  if (wanted) line[wanted->which == better::more ? "at_least" : "at_most"] = wanted->value;
  if (reached) line["reached"] = *reached;
  lines_.add(std::move(line));
}

} // namespace pillar::bench
