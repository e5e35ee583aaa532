/// Ctrl-C as something that a command can react to.
#pragma once

#include "runtime/signals.hpp"
#include "tools/pillar/file_descriptor.hpp"

#include <atomic>
#include <functional>
#include <thread>

namespace pillar::cli {

/// The command was given up after Ctrl-C: the program ends with exit code 130 and without a word.
struct interrupted {};

/// From its construction on the first SIGINT or SIGTERM is noted, and `react` is called in a thread of its own; a
/// second one ends the process at once. One at a time in a process.
class interruption {
public:
  explicit interruption(std::function<void()> react);
  interruption(const interruption&) = delete;
  interruption& operator=(const interruption&) = delete;
  ~interruption(); ///< waits for `react`

  bool came() const noexcept { return came_; }
  /// Throws interrupted when it came.
  void check() const {
    if (came_) throw interrupted{};
  }
  /// Waits until `file` can be read, at most so long, and returns whether it can. Throws interrupted.
  bool wait_for(int file, int milliseconds) const;

private:
  signal_wait signals_;
  file_descriptor over_; ///< an event
  std::atomic<bool> came_ = false;
  std::thread watch_;
};

} // namespace pillar::cli
