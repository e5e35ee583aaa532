/// Memory of things that are made and dropped all the time, such as letters and coroutines: each thread keeps some
/// blocks of every size for the next of them. The general allocator keeps seven, which 64 requests under way overrun.
#pragma once

#include <cstddef>

namespace pillar {

/// As a base class: objects, also of derived classes, come from the blocks of the thread that makes them and go to
/// those of the thread that drops them. Under AddressSanitizer it does nothing, so that nothing is hidden from it.
class recycled {
public:
  static void* operator new(std::size_t size);
  static void operator delete(void* block, std::size_t size) noexcept;

  static constexpr std::size_t step = 64;      ///< between two sizes of blocks
  static constexpr std::size_t largest = 1024; ///< larger things are left to the general allocator
  static constexpr unsigned kept = 256;        ///< blocks of each size that a thread keeps
};

} // namespace pillar
