#include "tests/tools/pillar/process.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace pillar::test;
using namespace std::chrono_literals;

TEST_CASE("every command answers within 150 ms" * doctest::test_suite("serial no-sanitize")) {
  user someone;
  const auto cid = someone.says({"ipfs", "add", "-Q", "-"}, "content");
  someone.says({"db", "put", "key", "value"});
  someone.says({"key", "show"});
  for (auto& command :
       {std::vector<std::string>{"version"}, {"db", "get", "key"}, {"ipfs", "cat", cid}, {"key", "show"}}) {
    auto best = std::chrono::nanoseconds::max(); // of several: the machine may have other things to do
    for (int i = 0; i < 10 && best > 150ms; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      CHECK(someone.pillar(command).exit == 0);
      best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - begin);
    }
    CAPTURE(command.front());
    CHECK(best <= 150ms);
  }
}
