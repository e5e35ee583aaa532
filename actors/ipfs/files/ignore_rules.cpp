#include "actors/ipfs/files/ignore_rules.hpp"

#include "actors/ipfs/format/bytes_view.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <span>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

using byte = unsigned char;

[[noreturn]] void refuse(std::string_view rule, const std::string& why) {
  throw failure(errc::bad_request, "ignore rule " + in_quotes(rule) + " " + why);
}

/// Whether a character is of a class such as "alpha"; nothing for a name of none. As in the C locale.
std::optional<bool> is_of_class(std::string_view name, byte c) {
  constexpr std::array<std::pair<std::string_view, int (*)(int)>, 12> classes{{{"alnum", std::isalnum},
                                                                               {"alpha", std::isalpha},
                                                                               {"blank", std::isblank},
                                                                               {"cntrl", std::iscntrl},
                                                                               {"digit", std::isdigit},
                                                                               {"graph", std::isgraph},
                                                                               {"lower", std::islower},
                                                                               {"print", std::isprint},
                                                                               {"punct", std::ispunct},
                                                                               {"space", std::isspace},
                                                                               {"upper", std::isupper},
                                                                               {"xdigit", std::isxdigit}}};
  constexpr byte ascii = 0x80;
  for (const auto& [known, test] : classes)
    if (known == name) return c < ascii && test(c) != 0;
  return {};
}

/// What a bracket says about a character. `size`: of the bracket, with both its ends; 0 when it is not closed, or holds
/// a class that there is not.
struct bracket_match {
  std::size_t size = 0;
  bool matches = false;
};

/// A pattern that begins with [.
bracket_match match_bracket(std::string_view pattern, byte c) {
  std::size_t at = 1;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  auto take = [&]() -> std::optional<byte> { // a character of it, without the backslash before it
    if (at < pattern.size() && pattern[at] == '\\') ++at;
    return at < pattern.size() ? std::optional(static_cast<byte>(pattern[at++])) : std::nullopt;
  };
  bool found = false;
  for (bool first = true; at < pattern.size(); first = false) {
    if (pattern[at] == ']' && !first) return {at + 1, found != negated};
    if (pattern.substr(at).starts_with("[:")) {
      const auto end = pattern.find(":]", at + 2);
      if (end == pattern.npos) return {};
      const auto is_in = is_of_class(pattern.substr(at + 2, end - at - 2), c);
      if (!is_in) return {};
      found = found || *is_in;
      at = end + 2;
      continue;
    }
    const auto low = take();
    auto high = low;
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
      ++at;
      high = take();
    }
    if (!low || !high) return {};
    found = found || (*low <= c && c <= *high);
  }
  return {};
}

/// Takes what one character matches off the pattern, and returns whether this one does. The pattern is sound, and does
/// not begin with *.
bool take_match(std::string_view& pattern, byte c) {
  std::size_t size = 1;
  bool matches = pattern[0] == '?' || static_cast<byte>(pattern[0]) == c;
  if (pattern[0] == '[') {
    const auto bracket = match_bracket(pattern, c);
    size = bracket.size;
    matches = bracket.matches;
  } else if (pattern[0] == '\\') {
    size = 2;
    matches = static_cast<byte>(pattern[1]) == c;
  }
  pattern.remove_prefix(size);
  return matches;
}

/// Of the stars only the last one is tried with ever more characters: that is enough, and never takes long.
bool match_name(std::string_view pattern, std::string_view name) {
  std::optional<std::string_view> after_star;
  std::string_view rest_at_star;
  for (;;) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      after_star = pattern;
      rest_at_star = name;
      continue;
    }
    if (pattern.empty() && name.empty()) return true;
    if (!pattern.empty() && !name.empty() && take_match(pattern, static_cast<byte>(name[0]))) {
      name.remove_prefix(1);
      continue;
    }
    if (!after_star || rest_at_star.empty()) return false;
    rest_at_star.remove_prefix(1);
    name = rest_at_star;
    pattern = *after_star;
  }
}

std::string_view first_name(std::string_view path) {
  return path.substr(0, path.find('/'));
}

/// Without its first name.
std::string_view behind_first(std::string_view path) {
  const auto slash = path.find('/');
  return slash == path.npos ? std::string_view() : path.substr(slash + 1);
}

/// The same for names in a path, of which ** takes any number; at the end one at least.
bool match_path(std::span<const std::string> parts, std::string_view path) {
  std::optional<std::span<const std::string>> after_stars;
  std::string_view rest_at_stars;
  for (;;) {
    if (!parts.empty() && parts[0] == "**") {
      parts = parts.subspan(1);
      if (parts.empty()) return !path.empty();
      after_stars = parts;
      rest_at_stars = path;
      continue;
    }
    if (parts.empty() && path.empty()) return true;
    if (!parts.empty() && !path.empty() && match_name(parts[0], first_name(path))) {
      parts = parts.subspan(1);
      path = behind_first(path);
      continue;
    }
    if (!after_stars || rest_at_stars.empty()) return false;
    rest_at_stars = behind_first(rest_at_stars);
    path = rest_at_stars;
    parts = *after_stars;
  }
}

/// Without the blanks at its end that no backslash keeps.
std::string_view trimmed(std::string_view line) {
  std::size_t end = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == ' ') continue;
    if (line[at] == '\\') ++at;
    end = std::min(at + 1, line.size());
  }
  return line.substr(0, end);
}

/// Throws for a pattern of a name that matches nothing.
void check_pattern(std::string_view pattern, std::string_view rule) {
  while (!pattern.empty()) {
    std::size_t size = 1;
    if (pattern[0] == '\\') size = 2;
    if (pattern[0] == '[') size = match_bracket(pattern, 0).size;
    if (size == 0)
      refuse(rule, "matches nothing, as a [ in it is not closed, or names a class that there is not: write \\[ for a "
                   "bracket itself");
    if (size > pattern.size()) refuse(rule, "matches nothing, as a \\ in it has nothing behind it: write \\\\ for one");
    pattern.remove_prefix(size);
  }
}

} // namespace

ignore_rules::ignore_rules(const std::vector<std::string>& texts) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  for (std::string_view text : texts) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    while (!text.empty()) {
      auto line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!line.starts_with('#')) add(trimmed(line));
    }
  }
}

void ignore_rules::add(std::string_view line) {
  auto rest = line;
  rule made;
  if (rest.starts_with('!')) {
    made.negated = true;
    rest.remove_prefix(1);
  }
  if (rest.ends_with('/')) {
    made.directories_only = true;
    rest.remove_suffix(1);
  }
  if (rest.empty()) return;
  const bool anywhere = rest.find('/') == rest.npos;
  if (rest.starts_with('/')) rest.remove_prefix(1);
  if (anywhere) made.parts.emplace_back("**");
  for (;;) {
    const auto slash = rest.find('/');
    const auto part = rest.substr(0, slash);
    check_pattern(part, line);
    const bool directories = part.size() > 1 && part.find_first_not_of('*') == part.npos; // git takes *** so, too
    if (!directories) made.parts.emplace_back(part);
    else if (made.parts.empty() || made.parts.back() != "**") made.parts.emplace_back("**");
    if (slash == rest.npos) break;
    rest.remove_prefix(slash + 1);
  }
  rules_.push_back(std::move(made));
}

bool ignore_rules::leave_out(std::string_view path, bool is_directory) const {
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule)
    if ((is_directory || !rule->directories_only) && match_path(rule->parts, path)) return !rule->negated;
  return false;
}

} // namespace pillar::ipfs::engine
