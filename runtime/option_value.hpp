/// A value as somebody wrote it, and its conversion to the kind that an option declares.
#pragma once

#include "interfaces/error.hpp"
#include "runtime/option.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace pillar {

/// A number of bytes or a duration as a user would write it, in the largest unit that holds it whole: 64MiB, 1500ms.
std::string size_text(std::uint64_t bytes);
std::string duration_text(std::chrono::nanoseconds duration);

/// What stands in a file, a variable, an argument, or is set by the program. Nothing is converted yet: the option may
/// be declared later.
class written_value {
public:
  written_value(std::string text) : texts_{std::move(text)} {}
  written_value(std::string_view text) : texts_{std::string(text)} {}
  written_value(const char* text) : texts_{text} {}
  written_value(const std::filesystem::path& path); ///< as it is: a leading ~ or $ has no meaning
  written_value(std::same_as<bool> auto flag) : texts_{flag ? "true" : "false"} {}
  written_value(std::integral auto number)
    requires(!std::same_as<decltype(number), bool>)
      : texts_{std::to_string(number)} {}
  template <class Rep, class Period>
  written_value(std::chrono::duration<Rep, Period> duration) : texts_{duration_text(duration)} {}
  written_value(std::vector<std::string> items) : texts_(std::move(items)), list_(true) {}
  written_value(std::initializer_list<std::string_view> items) : texts_(items.begin(), items.end()), list_(true) {}

  /// A text in quotes: never split into a list, never trimmed.
  static written_value quoted(std::string text);

  bool is_list() const noexcept { return list_; }
  bool is_quoted() const noexcept { return quoted_; }
  /// The text; of a list its items, for messages.
  std::string text() const;
  /// The items of a list; one text otherwise.
  const std::vector<std::string>& texts() const noexcept { return texts_; }

  bool operator==(const written_value&) const = default;

private:
  std::vector<std::string> texts_;
  bool list_ = false;
  bool quoted_ = false;
};

/// The conversions. A failure (bad_request) holds what is wrong and what to write, without the option's name and the
/// value's source: `"many" is not a whole number of threads from 0 to 1024`.
result<bool> flag_value(const option& o, const written_value& value);
result<std::int64_t> integer_value(const option& o, const written_value& value);
result<std::uint64_t> size_value(const option& o, const written_value& value);
result<std::chrono::nanoseconds> duration_value(const option& o, const written_value& value);
result<std::string> text_value(const option& o, const written_value& value);
result<std::string> choice_value(const option& o, const written_value& value);
result<std::vector<std::string>> list_value(const option& o, const written_value& value);

/// Not expanded: user_directories.hpp does that.
result<std::string> path_value(const option& o, const written_value& value);

/// Whether a value can be converted to its option's kind.
result<void> check_value(const option& o, const written_value& value);

} // namespace pillar
