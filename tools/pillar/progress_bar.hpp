/// How far something is, on one line of a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pillar::cli {

/// "12 B", "3.4 MiB".
std::string size_text(std::uint64_t bytes);

/// Draws on standard error, when that is a terminal and it is wanted, at most ten times a second. The line is cleared
/// at the end, and can be before other output.
class progress_bar {
public:
  using clock = std::chrono::steady_clock;

  explicit progress_bar(bool wanted);
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;
  ~progress_bar() { clear(); }

  bool shown() const { return shown_; }
  /// " 12.0 MiB / 100.0 MiB  12 %  48.0 MiB/s", as far as that is known.
  void show_bytes(std::uint64_t done, std::optional<std::uint64_t> total);
  void show_text(std::string_view text);
  void clear();

private:
  bool is_due();
  void draw(std::string_view text);

  bool shown_;
  bool drawn_ = false;
  clock::time_point start_ = clock::now();
  clock::time_point next_ = start_ + std::chrono::milliseconds(100); // what ends sooner needs none
};

} // namespace pillar::cli
