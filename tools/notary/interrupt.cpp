#include "tools/notary/interrupt.hpp"

#include <atomic>
#include <csignal>

#include <poll.h>
#include <unistd.h>

namespace demo {

namespace {

std::atomic<bool> seen{false}; // a signal handler has no argument to find another place by

extern "C" void demo_on_signal(int) {
  if (seen.exchange(true)) ::_exit(130);
}

} // namespace

void note_interrupts() {
  struct sigaction handle{};
  handle.sa_handler = demo_on_signal;
  ::sigemptyset(&handle.sa_mask);
  ::sigaction(SIGINT, &handle, nullptr);
  ::sigaction(SIGTERM, &handle, nullptr);
}

void check_interrupt() {
  if (seen) throw interrupted{};
}

void pause(int milliseconds) {
  ::poll(nullptr, 0, milliseconds); // ends early with EINTR
  check_interrupt();
}

} // namespace demo
