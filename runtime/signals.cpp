#include "runtime/signals.hpp"

#include "interfaces/error.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace pillar {

namespace {
// A signal handler has no argument to find its object by, so these are the process's.
std::atomic<int> event{-1};
std::atomic<bool> seen{false};
struct sigaction old_int, old_term;

extern "C" void pillar_on_signal(int) {
  if (seen.exchange(true)) ::_exit(130);
  auto saved = errno;
  std::uint64_t one = 1;
  if (::write(event.load(), &one, sizeof one) < 0) ::_exit(130);
  errno = saved;
}
} // namespace

signal_wait::signal_wait() {
  auto file = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (file < 0) throw failure_of_errno(errno, "cannot wait for signals");
  int none = -1;
  if (!event.compare_exchange_strong(none, file)) {
    ::close(file);
    throw failure(errc::in_use,
                  "another node of this process waits for signals already: use start() and stop() for this one");
  }
  seen = false;
  struct sigaction handle{};
  handle.sa_handler = pillar_on_signal;
  ::sigemptyset(&handle.sa_mask);
  ::sigaction(SIGINT, &handle, &old_int);
  ::sigaction(SIGTERM, &handle, &old_term);
}

signal_wait::~signal_wait() {
  ::sigaction(SIGINT, &old_int, nullptr);
  ::sigaction(SIGTERM, &old_term, nullptr);
  ::close(event.exchange(-1));
}

int signal_wait::file() const noexcept {
  return event.load();
}

void signal_wait::wait() {
  pollfd waiting{event.load(), POLLIN, 0};
  while (::poll(&waiting, 1, -1) < 0 && errno == EINTR) {
  }
}

} // namespace pillar
