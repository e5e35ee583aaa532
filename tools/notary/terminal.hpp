/// Standard output for people: a progress bar where it is a terminal, a plain line now and then where it is not.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace demo {

bool is_terminal();

/// Of the terminal, 20 or more; a generous one for files and pipes.
std::size_t terminal_width();

/// Writes all of it to standard output at once. Throws failure (storage_full, io_error); a reader that went away ends
/// the program.
void say(std::string_view text);

/// How far something is. On a terminal one moving line, erased at its end.
class progress_bar {
public:
  explicit progress_bar(bool shown = true) : shown_(shown) {}
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;
  ~progress_bar() { clear(); }

  /// `share`: from 0 to 1. `text` says it in words: "12 of 40 files".
  void show(double share, const std::string& text);
  void clear() noexcept;

private:
  std::string drawn(double share, const std::string& text) const;

  bool shown_;
  bool on_screen_ = false;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now(); // when it may be drawn again
};

} // namespace demo
