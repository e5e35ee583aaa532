#include "interfaces/recycled.hpp"

#include <new>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define PILLAR_RECYCLES 0
#elif defined(__has_feature)
#define PILLAR_RECYCLES !__has_feature(address_sanitizer)
#else
#define PILLAR_RECYCLES 1
#endif

namespace pillar {

#if PILLAR_RECYCLES

namespace {

/// A block that nobody uses begins with the next one.
struct unused {
  unused* next;
};

struct stack {
  unused* first;
  unsigned size;
};

/// A thread's blocks by size. Trivial, so that they can be used to the very end of their thread.
struct stacks {
  enum { untouched, open, closed } state;
  stack of[recycled::largest / recycled::step];
};
constinit thread_local stacks own{};

/// Gives the blocks back when their thread ends; what is dropped after that is not kept.
struct giver_back {
  ~giver_back() {
    own.state = stacks::closed;
    for (auto& s : own.of)
      while (s.first) ::operator delete(std::exchange(s.first, s.first->next));
  }
};

bool may_keep() {
  if (own.state == stacks::untouched) {
    static thread_local giver_back at_end;
    own.state = stacks::open;
  }
  return own.state == stacks::open;
}

std::size_t place_of(std::size_t size) {
  return (size - 1) / recycled::step;
}

} // namespace

void* recycled::operator new(std::size_t size) {
  if (size > largest) return ::operator new(size);
  auto place = place_of(size);
  auto& s = own.of[place];
  if (!s.first) return ::operator new((place + 1) * step);
  --s.size;
  return std::exchange(s.first, s.first->next);
}

void recycled::operator delete(void* block, std::size_t size) noexcept {
  if (size <= largest) {
    auto& s = own.of[place_of(size)];
    if (s.size < kept && may_keep()) {
      ++s.size;
      s.first = new (block) unused{s.first};
      return;
    }
  }
  ::operator delete(block);
}

#else

void* recycled::operator new(std::size_t size) {
  return ::operator new(size);
}
void recycled::operator delete(void* block, std::size_t) noexcept {
  ::operator delete(block);
}

#endif

} // namespace pillar
