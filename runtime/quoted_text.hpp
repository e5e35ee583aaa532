/// Texts in quotes and lists of texts, as configuration files, variables and arguments hold them. The syntax is in
/// configuration_file.hpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pillar {

/// Reads a text from its beginning. Every function throws a failure, bad_request, without a place: `line()` is where
/// it happened.
class text_scanner {
public:
  explicit text_scanner(std::string_view text) : rest_(text) {}

  bool at_end() const noexcept { return rest_.empty(); }
  /// The next byte; 0 at the end.
  char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }
  char next();
  std::size_t line() const noexcept { return line_; }

  void skip_blanks();           ///< spaces and tabs
  void skip_comment();          ///< a # and what follows, up to the end of the line
  void skip_blanks_and_lines(); ///< spaces, tabs, line ends and comments
  bool at_line_end() const noexcept;

  std::string quoted();            ///< from its opening quote
  std::vector<std::string> list(); ///< from its opening bracket
  /// To the end of the line, a # after a blank, or one of the given bytes; without blanks around it.
  std::string bare(std::string_view ends = {});
  /// Letters, digits, `-`, `_` and dots, as many as there are.
  std::string name();

private:
  void append_escape(std::string& to);

  std::string_view rest_;
  std::size_t line_ = 1;
};

/// The text in quotes, with escapes: reads back as itself.
std::string quote(std::string_view text);

/// `["a", "b"]`.
std::string quote_list(const std::vector<std::string>& texts);

} // namespace pillar
