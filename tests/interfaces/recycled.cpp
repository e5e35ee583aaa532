#include "interfaces/recycled.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <thread>
#include <vector>

using namespace pillar;

namespace {
struct thing : recycled {
  virtual ~thing() = default;
  virtual bool whole() const = 0;
};
template <std::size_t Size> struct sized final : thing {
  explicit sized(int mark) { std::memset(content, mark, Size); }
  bool whole() const override {
    for (auto c : content)
      if (c != content[0]) return false;
    return true;
  }
  unsigned char content[Size];
};

std::unique_ptr<thing> make(std::size_t i) {
  auto mark = static_cast<int>(i);
  switch (i % 5) {
    case 0: return std::make_unique<sized<1>>(mark);
    case 1: return std::make_unique<sized<64>>(mark);
    case 2: return std::make_unique<sized<200>>(mark);
    case 3: return std::make_unique<sized<recycled::largest - sizeof(void*)>>(mark);
    default: return std::make_unique<sized<recycled::largest>>(mark);
  }
}

bool all_whole(const std::vector<std::unique_ptr<thing>>& things) {
  for (auto& t : things)
    if (!t->whole()) return false;
  return true;
}
} // namespace

TEST_CASE("recycled things of all sizes do not overlap") {
  std::vector<std::unique_ptr<thing>> things;
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < 5 * recycled::kept; ++i) things.push_back(make(i));
    CHECK(all_whole(things));
    for (std::size_t i = 0; i < things.size(); i += 3) things[i] = make(i + 1);
    CHECK(all_whole(things));
    things.clear();
  }
}

TEST_CASE("what one thread makes another may drop, also as it ends") {
  std::vector<std::unique_ptr<thing>> things;
  for (std::size_t i = 0; i < 1000; ++i) things.push_back(make(i));
  for (std::size_t round = 0; round < 10; ++round)
    std::thread{[&] {
      for (std::size_t i = 0; i < things.size(); ++i) things[i] = make(i + round);
      CHECK(all_whole(things));
      thread_local auto last = make(round); // dropped after the thread's blocks have been given back, or before
      CHECK(last->whole());
    }}.join();
  CHECK(all_whole(things));
}
