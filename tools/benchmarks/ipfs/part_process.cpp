#include "tools/benchmarks/ipfs/part_process.hpp"

#include "interfaces/error.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>

namespace pillar::bench {

namespace {

volatile pid_t running = 0;
volatile sig_atomic_t was_asked_to_end = 0;

void hand_on(int signal) {
  was_asked_to_end = 1;
  if (running > 0) ::kill(running, signal);
}

void on_signals(void (*what)(int)) {
  struct sigaction action{};
  action.sa_handler = what;
  for (auto s : {SIGINT, SIGTERM}) ::sigaction(s, &action, nullptr);
}

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

} // namespace

part_end in_process_of_its_own(const std::function<void()>& work, const std::string& who) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1); // a daemon that outlives its parent becomes a child of this process
  on_signals(hand_on);
  running = ::fork();
  if (running < 0) throw failure_of_errno(errno, "cannot start a process");
  if (running == 0) {
    on_signals(SIG_DFL);
    auto code = 0;
    try {
      work();
    } catch (const std::exception& e) {
      std::fprintf(stderr, "%s: %s\n", who.c_str(), e.what());
      code = 1;
    }
    std::fflush(nullptr);
    ::_exit(code);
  }
  auto status = wait_for(running);
  running = 0;
  while (::wait(nullptr) > 0 || errno == EINTR) {
  }
  if (was_asked_to_end) return part_end::interrupted;
  if (WIFEXITED(status)) return WEXITSTATUS(status) == 0 ? part_end::done : part_end::failed;
  std::fprintf(stderr, "%s: ended by signal %d\n", who.c_str(), WTERMSIG(status));
  return WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGTERM ? part_end::interrupted : part_end::failed;
}

} // namespace pillar::bench
