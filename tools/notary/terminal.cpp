#include "tools/notary/terminal.hpp"

#include "interfaces/error.hpp"
#include "tools/notary/text_table.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/ioctl.h>
#include <unistd.h>

namespace demo {

using namespace std::chrono_literals;

namespace {
constexpr auto between_frames = 50ms;
constexpr auto between_lines = 5s; // where no line can be drawn over
constexpr std::size_t indent = 3;
constexpr std::size_t widest_bar =
    24; // with the longest text it fits into 80 columns, so that it does not change its width
} // namespace

bool is_terminal() {
  static const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  return terminal;
}

std::size_t terminal_width() {
  constexpr std::size_t of_files = 160, narrowest = 20, usual = 80;
  if (!is_terminal()) return of_files;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual;
  return std::max<std::size_t>(size.ws_col, narrowest);
}

void say(std::string_view text) {
  while (!text.empty()) {
    auto n = ::write(STDOUT_FILENO, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw pillar::failure_of_errno(errno, "cannot write to standard output");
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

void progress_bar::show(double share, const std::string& text) {
  auto now = std::chrono::steady_clock::now();
  if (!shown_ || now < next_) return;
  if (is_terminal()) {
    next_ = now + between_frames;
    on_screen_ = true;
    say("\r\x1b[K" + drawn(share, text));
  } else {
    // The first look is no news, and short work needs no line at all.
    if (on_screen_) say(std::string(indent, ' ') + text + "\n");
    on_screen_ = true;
    next_ = now + between_lines;
  }
}

void progress_bar::clear() noexcept {
  if (!on_screen_ || !is_terminal()) return;
  on_screen_ = false;
  constexpr std::string_view erase = "\r\x1b[K";
  [[maybe_unused]] auto written = ::write(STDOUT_FILENO, erase.data(), erase.size());
}

std::string progress_bar::drawn(double share, const std::string& text) const {
  auto width = terminal_width() - 1;           // a character in the last column would move the line on some terminals
  auto beside = indent + columns_of(text) + 4; // "[", "]" and two blanks
  std::string line(indent, ' ');
  if (beside + 5 <= width) {
    auto bar = std::min(widest_bar, width - beside);
    auto filled = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(bar));
    line += "[" + std::string(filled, '#') + std::string(bar - filled, '.') + "]  ";
  }
  return line + shortened(text, width - indent);
}

} // namespace demo
