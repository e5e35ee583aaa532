/// The real demo program, started and killed by a test.
#pragma once

#include "interfaces/interface.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace pillar::test {

/// Runs `notary-demo` with its standard output and error in one pipe, and its temporary files in a directory of the
/// test's. Killed at the end, if it still runs.
class demo_program {
public:
  demo_program(const std::vector<std::string>& arguments, const std::string& temporary);
  demo_program(const demo_program&) = delete;
  demo_program& operator=(const demo_program&) = delete;
  ~demo_program();

  /// The next whole line, without its end; none when the time is over or the program has ended. A line that a killed
  /// program did not finish counts for nothing.
  std::optional<std::string> line(std::chrono::steady_clock::time_point until);
  bool ended() const { return ended_; } ///< its output

  void signal(int number);
  /// Reads what is left, waits for the end, and gives the exit code; -1 when a signal ended it.
  int wait();
  /// All lines that were read.
  const std::string& output() const { return output_; }

private:
  pid_t id_ = -1;
  int from_ = -1;
  bool ended_ = false;
  std::string unread_;
  std::string output_;
};

} // namespace pillar::test
