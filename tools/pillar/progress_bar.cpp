#include "tools/pillar/progress_bar.hpp"

#include <cstdio>
#include <string_view>
#include <unistd.h>

namespace pillar::cli {

namespace {

constexpr auto interval = std::chrono::milliseconds(100);
constexpr std::string_view to_empty_line = "\r\x1b[K";

void write_all(std::string_view text) {
  // Nothing depends on it, so that a terminal that has gone is no error.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

} // namespace

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  auto size = static_cast<double>(bytes);
  const char* const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto unit = units;
  for (size /= 1024; size >= 1023.95; size /= 1024) ++unit;
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", size, *unit);
  return text;
}

progress_bar::progress_bar(bool wanted) : shown_(wanted && ::isatty(STDERR_FILENO) == 1) {}

void progress_bar::show_bytes(std::uint64_t done, std::optional<std::uint64_t> total) {
  if (!is_due()) return;
  auto text = size_text(done);
  if (total && *total > 0) {
    const auto percent =
        done >= *total ? 100 : static_cast<int>(100.0 * static_cast<double>(done) / static_cast<double>(*total));
    text += " / " + size_text(*total) + "  " + std::to_string(percent) + " %";
  }
  const std::chrono::duration<double> passed = clock::now() - start_;
  text += "  " + size_text(static_cast<std::uint64_t>(static_cast<double>(done) / passed.count())) + "/s";
  draw(text);
}

void progress_bar::show_text(std::string_view text) {
  if (is_due()) draw(text);
}

void progress_bar::clear() {
  if (!drawn_) return;
  write_all(to_empty_line);
  drawn_ = false;
}

bool progress_bar::is_due() {
  if (!shown_ || clock::now() < next_) return false;
  next_ = clock::now() + interval;
  return true;
}

void progress_bar::draw(std::string_view text) {
  write_all(std::string(to_empty_line) + std::string(text));
  drawn_ = true;
}

} // namespace pillar::cli
