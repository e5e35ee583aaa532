/// What the program prints with --json.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <sstream>
#include <string>
#include <vector>

namespace pillar::test {

/// The document of each line.
inline std::vector<boost::json::value> documents(const std::string& lines) {
  std::vector<boost::json::value> all;
  std::istringstream from(lines);
  for (std::string line; std::getline(from, line);) all.push_back(boost::json::parse(line));
  return all;
}

/// A text in an object.
inline std::string text_at(const boost::json::value& document, const char* key) {
  const auto& text = document.at(key).as_string();
  return {text.begin(), text.end()};
}

} // namespace pillar::test
