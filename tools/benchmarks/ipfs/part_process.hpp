/// A piece of work in a process of its own.
#pragma once

#include <functional>
#include <string>

namespace pillar::bench {

enum class part_end {
  done,
  failed,      ///< `who` and the reason were written to standard error
  interrupted, ///< by SIGINT or SIGTERM, to this process or to the other
};

/// Forks, so no other thread may run; returns when the work's process and all that it started have ended. A signal that
/// asks this process to end is handed on to it.
part_end in_process_of_its_own(const std::function<void()>& work, const std::string& who);

} // namespace pillar::bench
