#include "tests/fuzz/target.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace pillar::fuzz;

namespace {

constexpr int mutations = 1000; // of every seed, in every run the same

/// Some damage of the kinds that matter to parsers: flipped bits, extreme bytes, cut, doubled and swapped pieces.
std::string mutated(std::string data, const std::vector<std::string>& seeds, std::mt19937_64& random) {
  for (auto n = 1 + random() % 4; n > 0; --n) {
    if (data.empty()) data = seeds.back();
    auto at = random() % (data.size() + 1), size = random() % 9;
    auto& other = seeds[random() % seeds.size()];
    switch (random() % 7) {
      case 0:
        if (at < data.size()) data[at] = static_cast<char>(data[at] ^ 1 << random() % 8);
        break;
      case 1:
        if (at < data.size()) data[at] = "\x00\xff\x7f\x80"[random() % 4];
        break;
      case 2: data.erase(std::min(at, data.size()), size); break;
      case 3: data.insert(at, data.substr(std::min(at, data.size()), size)); break;
      case 4: data.resize(at); break;
      case 5: data.insert(at, std::string(size, static_cast<char>(random()))); break;
      default: data.insert(at, other.substr(random() % (other.size() + 1), size));
    }
  }
  return data;
}

} // namespace

TEST_CASE("whatever bytes come, every parser answers, keeps its promises, and stays within its bounds") {
  REQUIRE(registered::all().size() >= 6);
  for (auto& target : registered::all()) {
    CAPTURE(target.name);
    std::mt19937_64 random(1);
    auto seeds = target.seeds();
    for (auto& seed : seeds) {
      target.run(pillar::ipfs::engine::view_of(seed));
      for (int i = 0; i < mutations; ++i) {
        auto data = mutated(seed, seeds, random);
        try {
          target.run(pillar::ipfs::engine::view_of(data));
        } catch (const std::exception& e) {
          std::string hex;
          for (unsigned char c : data) hex += "0123456789abcdef"[c >> 4], hex += "0123456789abcdef"[c & 15];
          FAIL(std::string(target.name), ": ", e.what(), ", with the bytes ", hex);
        }
      }
    }
  }
}
