#include "runtime/option_value.hpp"

#include "interfaces/text_distance.hpp"
#include "runtime/quoted_text.hpp"
#include "runtime/user_directories.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace pillar {

namespace {

using namespace std::string_literals;

struct unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr std::array size_units{unit{"TiB", 1LL << 40}, unit{"GiB", 1LL << 30}, unit{"MiB", 1LL << 20},
                                unit{"KiB", 1LL << 10}, unit{"B", 1}};
constexpr std::array duration_units{unit{"h", 3'600'000'000'000}, unit{"min", 60'000'000'000}, unit{"s", 1'000'000'000},
                                    unit{"ms", 1'000'000},        unit{"us", 1'000},           unit{"ns", 1}};

constexpr std::string_view size_advice = "write a whole number with B, KiB, MiB, GiB or TiB, such as 64MiB";
constexpr std::string_view duration_advice = "write a whole number with ns, us, ms, s, min or h, such as 30s";

// A message may repeat a value, but not a page of it.
std::string shown(const written_value& value) {
  auto text = value.text();
  if (text.size() > 64) text = text.substr(0, 64) + "...";
  return value.is_list() ? text : quote(text);
}

failure wrong(const option& o, const written_value& value) {
  return {errc::bad_request, shown(value) + " is not " + expectation(o)};
}

failure wrong(const written_value& value, std::string_view what, std::string_view advice) {
  return {errc::bad_request, shown(value) + ' ' + std::string(what) + ": " + std::string(advice)};
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <std::size_t N> std::string in_largest_unit(std::int64_t number, const std::array<unit, N>& units) {
  for (const auto& u : units)
    if (number != 0 && number % u.factor == 0) return std::to_string(number / u.factor) + std::string(u.name);
  return "0";
}

// A whole number and its unit, as a count of the smallest unit, within the option's bounds. `without` is what a number
// without a unit counts, if it may stand so.
template <std::size_t N>
result<std::int64_t> number_with_unit(const option& o, const written_value& value, const std::array<unit, N>& units,
                                      std::optional<std::int64_t> without, std::string_view advice) {
  if (value.is_list()) return wrong(o, value);
  const auto text = value.text();
  const auto number_and_unit = trimmed(text);
  const auto* end = number_and_unit.data() + number_and_unit.size();
  std::int64_t number = 0;
  const auto [after, error] = std::from_chars(number_and_unit.data(), end, number);
  const auto unit_text = trimmed({after, static_cast<std::size_t>(end - after)});
  if (error == std::errc::invalid_argument || number < 0) return wrong(value, "is not " + expectation(o), advice);
  const auto named = std::find_if(units.begin(), units.end(), [&](const unit& u) { return u.name == unit_text; });
  std::int64_t factor = 1;
  if (named != units.end()) factor = named->factor;
  else if (!unit_text.empty()) return wrong(value, "has an unknown unit", advice);
  else if (!without && number != 0) return wrong(value, "has no unit", advice);
  std::int64_t product = 0;
  if (error == std::errc::result_out_of_range || __builtin_mul_overflow(number, factor, &product)
      || product < o.bounds.minimum || product > o.bounds.maximum)
    return wrong(o, value);
  return product;
}

} // namespace

std::string size_text(std::uint64_t bytes) {
  if (bytes == 0) return "0B";
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return bytes > most ? std::to_string(bytes) + "B" : in_largest_unit(static_cast<std::int64_t>(bytes), size_units);
}

std::string duration_text(std::chrono::nanoseconds duration) {
  return duration.count() == 0 ? "0s" : in_largest_unit(duration.count(), duration_units);
}

written_value::written_value(const std::filesystem::path& path) : texts_{path.string()}, quoted_(true) {
  if (texts_[0].starts_with('~') || texts_[0].starts_with('$')) texts_[0].insert(0, "./");
}

written_value written_value::quoted(std::string text) {
  written_value made(std::move(text));
  made.quoted_ = true;
  return made;
}

std::string written_value::text() const {
  return list_ ? quote_list(texts_) : texts_.front();
}

result<bool> flag_value(const option& o, const written_value& value) {
  if (value.is_list()) return wrong(o, value);
  const auto text = value.text();
  for (const auto* yes : {"true", "yes", "on", "1"})
    if (text == yes) return true;
  for (const auto* no : {"false", "no", "off", "0"})
    if (text == no) return false;
  return wrong(o, value);
}

result<std::int64_t> integer_value(const option& o, const written_value& value) {
  if (value.is_list()) return wrong(o, value);
  const auto text = value.text();
  std::int64_t number = 0;
  const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || after != text.data() + text.size()) return wrong(o, value);
  if (number < o.bounds.minimum || number > o.bounds.maximum) return wrong(o, value);
  return number;
}

result<std::uint64_t> size_value(const option& o, const written_value& value) {
  auto bytes = number_with_unit(o, value, size_units, 1, size_advice);
  if (!bytes) return std::move(bytes).error();
  return static_cast<std::uint64_t>(*bytes);
}

result<std::chrono::nanoseconds> duration_value(const option& o, const written_value& value) {
  auto count = number_with_unit(o, value, duration_units, std::nullopt, duration_advice);
  if (!count) return std::move(count).error();
  return std::chrono::nanoseconds(*count);
}

result<std::string> text_value(const option& o, const written_value& value) {
  if (value.is_list()) return wrong(o, value);
  auto text = value.text();
  if (text.empty() && !o.fallback.empty()) return wrong(value, "is empty", "write " + expectation(o));
  return text;
}

result<std::string> path_value(const option& o, const written_value& value) {
  auto text = text_value(o, value);
  if (!text) return text;
  if (text->find('\0') != std::string::npos) return wrong(value, "holds a zero byte", "write a path");
  if (auto start = check_path_start(*text); !start) return start.error();
  return text;
}

result<std::string> choice_value(const option& o, const written_value& value) {
  if (value.is_list()) return wrong(o, value);
  auto text = value.text();
  if (std::find(o.choices.begin(), o.choices.end(), text) != o.choices.end()) return text;
  return wrong(value, "is not " + expectation(o), "did you mean " + nearest_text(text, o.choices) + '?');
}

result<std::vector<std::string>> list_value(const option& o, const written_value& value) {
  if (value.is_list() || value.is_quoted()) return value.texts();
  const auto text = value.text();
  auto rest = trimmed(text);
  if (rest.starts_with('[')) {
    try {
      text_scanner from(rest);
      auto items = from.list();
      if (from.skip_blanks(), from.at_end()) return items;
    } catch (const failure& f) {
      return wrong(value, "is not " + expectation(o), f.message());
    }
    return wrong(o, value);
  }
  std::vector<std::string> items;
  for (bool more = !rest.empty(); more;) {
    const auto comma = rest.find(',');
    items.emplace_back(trimmed(rest.substr(0, comma)));
    if (items.back().empty()) return wrong(value, "has an empty item", "write " + expectation(o));
    more = comma != std::string_view::npos;
    if (more) rest.remove_prefix(comma + 1);
  }
  return items;
}

result<void> check_value(const option& o, const written_value& value) {
  const auto success = [](const auto& converted) {
    return converted ? result<void>() : result<void>(converted.error());
  };
  switch (o.kind) {
    case option_kind::flag: return success(flag_value(o, value));
    case option_kind::integer: return success(integer_value(o, value));
    case option_kind::size: return success(size_value(o, value));
    case option_kind::duration: return success(duration_value(o, value));
    case option_kind::text: return success(text_value(o, value));
    case option_kind::path: return success(path_value(o, value));
    case option_kind::list: return success(list_value(o, value));
    case option_kind::choice: return success(choice_value(o, value));
    case option_kind::free: return {};
  }
  return {};
}

} // namespace pillar
