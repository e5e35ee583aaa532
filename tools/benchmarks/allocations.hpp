/// The heap as a measure: allocations of the whole process, counted by a replaced operator new, and what is held.
#pragma once

#include <cstdint>

namespace pillar::bench {

/// Counting is off by default: it costs a measurement of time one predictable branch then.
void count_allocations(bool on);

/// Counted so far, in all threads.
std::uint64_t allocations();

/// Bytes that the process holds on its heap at this moment, with the allocator's own.
std::uint64_t heap_bytes();

} // namespace pillar::bench
