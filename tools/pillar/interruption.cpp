#include "tools/pillar/interruption.hpp"

#include "interfaces/error.hpp"

#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>

namespace pillar::cli {

interruption::interruption(std::function<void()> react) : over_(::eventfd(0, EFD_CLOEXEC)) {
  if (over_.number() < 0) throw failure_of_errno(errno, "cannot wait for signals");
  watch_ = std::thread([this, react = std::move(react)] {
    pollfd waiting[] = {{signals_.file(), POLLIN, 0}, {over_.number(), POLLIN, 0}};
    while (::poll(waiting, 2, -1) < 0 && errno == EINTR) {
    }
    if (waiting[0].revents == 0) return;
    came_ = true;
    react();
  });
}

interruption::~interruption() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(over_.number(), &one, sizeof one);
  watch_.join();
}

bool interruption::wait_for(int file, int milliseconds) const {
  pollfd waiting[] = {{file, POLLIN, 0}, {signals_.file(), POLLIN, 0}};
  const auto ready = ::poll(waiting, 2, milliseconds);
  if (waiting[1].revents != 0) throw interrupted{};
  return ready > 0 && waiting[0].revents != 0;
}

} // namespace pillar::cli
