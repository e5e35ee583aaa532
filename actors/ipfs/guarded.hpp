/// The edge of an engine: whatever is thrown inside leaves as a failure.
#pragma once

#include "interfaces/error.hpp"

#include <exception>

namespace pillar::ipfs::engine {

template <class Work> auto guarded(const Work& work) {
  try {
    return work();
  } catch (...) {
    throw to_failure(std::current_exception());
  }
}

} // namespace pillar::ipfs::engine
