/// SIGINT and SIGTERM as something to wait for.
#pragma once

namespace pillar {

/// From its construction on, the first of the two signals is kept for wait(), and a second one ends the process at once
/// with exit code 130. The former handlers come back at its end. At most one at a time in a process.
class signal_wait {
public:
  signal_wait();
  signal_wait(const signal_wait&) = delete;
  signal_wait& operator=(const signal_wait&) = delete;
  ~signal_wait();

  void wait();
  /// A descriptor that can be read once the first signal came: for who waits for other things, too.
  int file() const noexcept;
};

} // namespace pillar
