#include "tests/support/child_process.hpp"

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace pillar::testing {

namespace {
constexpr unsigned longest_life = 60; // seconds
constexpr int threw = 99;
} // namespace

child_process::child_process(const body& run) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  id_ = ::fork();
  if (id_ < 0) throw std::runtime_error("no process");
  if (id_ > 0) {
    ::close(ends[1]);
    lines_ = ends[0];
    return;
  }
  ::close(ends[0]);
  ::alarm(longest_life);
  int code = threw;
  try {
    code = run([to = ends[1]](const std::string& line) {
      auto whole = line + "\n";
      if (::write(to, whole.data(), whole.size()) < 0) ::_exit(threw);
    });
  } catch (...) {
  }
  ::_exit(code);
}

child_process::~child_process() {
  if (id_ > 0) {
    ::kill(id_, SIGKILL);
    wait();
  }
  ::close(lines_);
}

std::string child_process::line() {
  std::string text;
  for (char c = 0; ::read(lines_, &c, 1) == 1 && c != '\n';) text += c;
  return text;
}

void child_process::signal(int number) {
  if (id_ > 0) ::kill(id_, number);
}

int child_process::wait() {
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  id_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace pillar::testing
