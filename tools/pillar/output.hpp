/// Standard output, checked: what could not be written is an error and never a silent loss.
#pragma once

#include "interfaces/error.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pillar::cli {

/// Nobody reads the output any more: the program ends without a word.
struct broken_pipe {};

/// Buffered writing to a file descriptor, which it does not close. Errors: storage_full, io_error; broken_pipe is
/// thrown as it is. What was not flushed when it is destroyed is lost.
class output {
public:
  /// `shown` is its name in messages: "standard output".
  output(int to, std::string shown) : to_(to), shown_(std::move(shown)) {}

  bool is_terminal() const;

  void write(std::string_view data);           ///< as it is
  void write(std::span<const std::byte> data); ///< as it is
  void line(std::string_view text);            ///< made printable, on a line of its own
  /// Names and values in two columns, a line each.
  void fields(const std::vector<std::pair<std::string_view, std::string>>& all);
  void json(const boost::json::value& document);        ///< on a line of its own
  bool has_waiting() const { return !buffer_.empty(); } ///< something to flush
  void flush();
  void abandon() noexcept; ///< flushes what can be flushed, before an error is told

private:
  void write_out(std::string_view data);

  int to_;
  std::string shown_;
  std::string buffer_;
};

} // namespace pillar::cli
