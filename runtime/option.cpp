#include "runtime/option.hpp"

#include "runtime/option_value.hpp"
#include "runtime/quoted_text.hpp"

#include <utility>

namespace pillar {

namespace {

option declare(std::string name, option_kind kind, std::string fallback, std::string meaning) {
  option made;
  made.name = std::move(name);
  made.kind = kind;
  made.fallback = std::move(fallback);
  made.meaning = std::move(meaning);
  return made;
}

// A bound as a user would write it.
std::string bound_text(const option& o, std::int64_t bound) {
  if (o.kind == option_kind::size) return size_text(static_cast<std::uint64_t>(bound));
  if (o.kind == option_kind::duration) return duration_text(std::chrono::nanoseconds(bound));
  return std::to_string(bound);
}

} // namespace

std::string_view name_of(option_kind kind) noexcept {
  switch (kind) {
    case option_kind::flag: return "flag";
    case option_kind::integer: return "integer";
    case option_kind::size: return "size";
    case option_kind::duration: return "duration";
    case option_kind::text: return "text";
    case option_kind::path: return "path";
    case option_kind::list: return "list";
    case option_kind::choice: return "choice";
    case option_kind::free: return "free";
  }
  return "unknown";
}

option option::flag(std::string name, bool fallback, std::string meaning) {
  return declare(std::move(name), option_kind::flag, fallback ? "true" : "false", std::move(meaning));
}

option option::integer(std::string name, std::int64_t fallback, integer_range bounds, std::string unit,
                       std::string meaning) {
  auto made = declare(std::move(name), option_kind::integer, std::to_string(fallback), std::move(meaning));
  made.bounds = bounds;
  made.unit = std::move(unit);
  return made;
}

option option::size(std::string name, std::uint64_t fallback, std::string meaning, size_range bounds) {
  auto made = declare(std::move(name), option_kind::size, size_text(fallback), std::move(meaning));
  made.bounds = {static_cast<std::int64_t>(bounds.minimum), static_cast<std::int64_t>(bounds.maximum)};
  made.unit = "bytes";
  return made;
}

option option::duration(std::string name, std::chrono::nanoseconds fallback, std::string meaning,
                        duration_range bounds) {
  auto made = declare(std::move(name), option_kind::duration, duration_text(fallback), std::move(meaning));
  made.bounds = {bounds.minimum.count(), bounds.maximum.count()};
  return made;
}

option option::text(std::string name, std::string fallback, std::string meaning) {
  return declare(std::move(name), option_kind::text, std::move(fallback), std::move(meaning));
}

option option::path(std::string name, std::string fallback, std::string meaning) {
  return declare(std::move(name), option_kind::path, std::move(fallback), std::move(meaning));
}

option option::list(std::string name, const std::vector<std::string>& fallback, std::string meaning) {
  return declare(std::move(name), option_kind::list, quote_list(fallback), std::move(meaning));
}

option option::choice(std::string name, std::string fallback, std::vector<std::string> choices, std::string meaning) {
  auto made = declare(std::move(name), option_kind::choice, std::move(fallback), std::move(meaning));
  made.choices = std::move(choices);
  return made;
}

option option::free(std::string name, std::string meaning) {
  return declare(std::move(name), option_kind::free, {}, std::move(meaning));
}

option option::also_called(std::string short_name) && {
  alias = std::move(short_name);
  return std::move(*this);
}

std::string variable_of(std::string_view name) {
  std::string made = "PILLAR_";
  for (const char c : name) {
    if (c == '.' || c == '-') made += '_';
    else made += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return made;
}

std::string bounds_text(const option& o) {
  const bool is_integer = o.kind == option_kind::integer;
  if (!is_integer && o.kind != option_kind::size && o.kind != option_kind::duration) return {};
  const bool below = o.bounds.minimum > (is_integer ? integer_range{}.minimum : 0);
  const bool above = o.bounds.maximum < integer_range{}.maximum;
  if (below && above) return "from " + bound_text(o, o.bounds.minimum) + " to " + bound_text(o, o.bounds.maximum);
  if (below) return "at least " + bound_text(o, o.bounds.minimum);
  if (above) return "at most " + bound_text(o, o.bounds.maximum);
  return {};
}

std::string expectation(const option& o) {
  auto bounds = bounds_text(o);
  if (!bounds.empty()) bounds.insert(0, bounds.starts_with("from") ? " " : " of ");
  switch (o.kind) {
    case option_kind::flag: return "true or false";
    case option_kind::integer: return "a whole number" + (o.unit.empty() ? "" : " of " + o.unit) + bounds;
    case option_kind::size: return "a size" + bounds;
    case option_kind::duration: return "a duration" + bounds;
    case option_kind::text: return "a text";
    case option_kind::path: return "a path";
    case option_kind::list: return R"(a list such as ["a", "b"])";
    case option_kind::choice: {
      std::string names;
      for (const auto& name : o.choices) names += (names.empty() ? "one of " : ", ") + name;
      return names;
    }
    case option_kind::free: return "a value";
  }
  return "a value";
}

} // namespace pillar
