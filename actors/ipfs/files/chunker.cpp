#include "actors/ipfs/files/chunker.hpp"

#include "actors/ipfs/files/buzhash.hpp"
#include "actors/ipfs/files/rabin.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t usual_size = 256 << 10; // bytes

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw failure(errc::bad_request, "chunker " + in_quotes(text) + " " + why);
}

void check_largest(std::string_view text, std::size_t size) {
  if (size > chunker::largest_chunk)
    refuse(text, "makes chunks of " + std::to_string(size) + " bytes: " + std::to_string(chunker::largest_chunk)
                     + " are the most a block can hold");
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    auto dash = text.find('-');
    parts.push_back(text.substr(0, dash));
    if (dash == text.npos) return parts;
    text.remove_prefix(dash + 1);
  }
}

/// The number in "4096" or, when it may have this label, "min:4096".
std::size_t number(std::string_view text, std::string_view part, std::string_view label = {}) {
  if (auto colon = part.find(':'); colon != part.npos) {
    if (label.empty() || part.substr(0, colon) != label)
      refuse(text, "has the label " + in_quotes(part.substr(0, colon)) + " where "
                       + (label.empty() ? "none" : in_quotes(label)) + " belongs");
    part.remove_prefix(colon + 1);
  }
  std::size_t out = 0;
  auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), out);
  if (part.empty() || error != std::errc() || end != part.data() + part.size())
    refuse(text, "has " + in_quotes(part) + " where a number of bytes belongs");
  return out;
}

} // namespace

chunker chunker::fixed(std::size_t size) {
  auto text = "size-" + std::to_string(size);
  if (size == 0) refuse(text, "makes empty chunks: 1 byte is the least");
  check_largest(text, size);
  return {method::fixed, size, size, size};
}

chunker chunker::rabin(std::size_t average) {
  auto text = "rabin-" + std::to_string(average);
  check_largest(text, average); // before it is multiplied
  if (average / 3 < rabin_window)
    refuse(text, "has too small an average: " + std::to_string(3 * rabin_window) + " bytes are the least");
  check_largest(text, average + average / 2);
  return {method::rabin, average / 3, average, average + average / 2};
}

chunker chunker::rabin(std::size_t smallest, std::size_t average, std::size_t largest) {
  auto text = "rabin-" + std::to_string(smallest) + "-" + std::to_string(average) + "-" + std::to_string(largest);
  if (smallest < rabin_window)
    refuse(text, "has too small a least size: " + std::to_string(rabin_window) + " bytes are the least");
  if (smallest >= average) refuse(text, "has an average that is not above its least size: write rabin-MIN-AVG-MAX");
  if (average >= largest) refuse(text, "has a greatest size that is not above its average: write rabin-MIN-AVG-MAX");
  check_largest(text, largest);
  return {method::rabin, smallest, average, largest};
}

chunker chunker::buzhash() {
  return {method::buzhash, buzhash_least, buzhash_least, buzhash_most};
}

chunker chunker::parse(std::string_view text) {
  if (text == "default") return {};
  if (text == "buzhash") return buzhash();
  auto parts = split(text);
  if (parts[0] == "size" && parts.size() == 2) return fixed(number(text, parts[1]));
  if (parts[0] == "rabin" && parts.size() == 1) return rabin(usual_size);
  if (parts[0] == "rabin" && parts.size() == 2) return rabin(number(text, parts[1]));
  if (parts[0] == "rabin" && parts.size() == 4)
    return rabin(number(text, parts[1], "min"), number(text, parts[2], "avg"), number(text, parts[3], "max"));
  refuse(text, "is not known: use size-BYTES, rabin, rabin-AVG, rabin-MIN-AVG-MAX or buzhash");
}

std::string chunker::to_string() const {
  switch (method_) {
    case method::buzhash: return "buzhash";
    case method::rabin:
      return "rabin-" + std::to_string(smallest_) + "-" + std::to_string(average_) + "-" + std::to_string(largest_);
    case method::fixed: break;
  }
  return "size-" + std::to_string(largest_);
}

std::size_t chunker::cut(bytes_view data) const {
  switch (method_) {
    case method::rabin: return rabin_cut(data, smallest_, average_, largest_);
    case method::buzhash: return buzhash_cut(data);
    case method::fixed: break;
  }
  return std::min(data.size(), largest_);
}

} // namespace pillar::ipfs::engine
