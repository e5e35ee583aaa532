/// A function in a process of its own, for tests of signals, exit codes and what is left when a process is killed.
#pragma once

#include <functional>
#include <string>
#include <sys/types.h>

namespace pillar::testing {

class child_process {
public:
  /// What the child does; it says lines to its parent, and its result is its exit code. An exception is exit code 99,
  /// and a child that lives for a minute is ended by SIGALRM.
  using body = std::function<int(const std::function<void(const std::string&)>& say)>;

  /// Forks: no other thread may run.
  explicit child_process(const body& run);
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process(); ///< kills it

  /// The next line that the child says; empty when it has ended.
  std::string line();
  void signal(int number);
  /// Waits for its end: its exit code, or 128 and the number of the signal that ended it.
  int wait();

private:
  pid_t id_ = 0;
  int lines_ = -1;
};

} // namespace pillar::testing
