#include "interfaces/json.hpp"

#include "interfaces/text_distance.hpp"
#include "interfaces/utf8.hpp"

#include <boost/beast/core/detail/base64.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace pillar {

namespace json = boost::json;
namespace base64 = boost::beast::detail::base64;

namespace {

std::int64_t read_integer(const layout& l, decoder& from) {
  auto as = [&]<class N>(N) { return static_cast<std::int64_t>(from.integer<N>()); };
  switch (l.size) {
    case 8: return as(std::int64_t{});
    case 4: return l.is_signed ? as(std::int32_t{}) : as(std::uint32_t{});
    case 2: return l.is_signed ? as(std::int16_t{}) : as(std::uint16_t{});
    default: return l.is_signed ? as(std::int8_t{}) : as(std::uint8_t{});
  }
}

/// Writes the low bytes of `value`; false when they are not all of it.
bool write_integer(const layout& l, std::int64_t value, encoder& to) {
  auto as = [&](auto narrow) {
    narrow = static_cast<decltype(narrow)>(value);
    to.integer(narrow);
    return static_cast<std::int64_t>(narrow) == value;
  };
  switch (l.size) {
    case 8: return as(std::int64_t{});
    case 4: return l.is_signed ? as(std::int32_t{}) : as(std::uint32_t{});
    case 2: return l.is_signed ? as(std::int16_t{}) : as(std::uint16_t{});
    default: return l.is_signed ? as(std::int8_t{}) : as(std::uint8_t{});
  }
}

/// The text as JSON may hold it: what is not UTF-8 becomes U+FFFD.
json::value text_value(std::string_view text) {
  std::string valid;
  while (!text.empty()) {
    auto first = first_character(text);
    valid += first ? text.substr(0, first->bytes) : std::string_view("\xef\xbf\xbd");
    text.remove_prefix(first ? first->bytes : 1);
  }
  return json::value(valid);
}

} // namespace

json::value to_json(const layout& l, decoder& from) {
  switch (l.is) {
    case layout_kind::nothing: return nullptr;
    case layout_kind::flag: return from.flag();
    case layout_kind::text: return text_value(from.text());
    case layout_kind::optional: return from.flag() ? to_json(*l.parts[0].of, from) : nullptr;
    case layout_kind::real: {
      auto x = std::bit_cast<double>(from.integer<std::uint64_t>());
      if (std::isfinite(x)) return x;
      return std::isnan(x) ? "nan" : x < 0 ? "-inf" : "inf";
    }
    case layout_kind::integer: {
      auto n = read_integer(l, from);
      return l.is_signed ? json::value(n) : json::value(static_cast<std::uint64_t>(n));
    }
    case layout_kind::choice: {
      auto n = read_integer(l, from);
      auto named = std::ranges::find(l.parts, n, &layout::part::value);
      if (named == l.parts.end()) detail::refuse_number(l.name, n);
      return json::value(named->name);
    }
    case layout_kind::one_of: {
      auto index = from.integer<std::uint8_t>();
      if (index >= l.parts.size()) detail::refuse_number("the alternatives", index);
      auto& chosen = *l.parts[index].of;
      return json::object{{spelled(chosen, false), to_json(chosen, from)}};
    }
    case layout_kind::bytes: {
      auto data = from.take(from.count());
      std::string text(base64::encoded_size(data.size()), '=');
      text.resize(base64::encode(text.data(), data.data(), data.size()));
      return json::value(text);
    }
    case layout_kind::list: {
      json::array items;
      from.enter();
      for (auto n = from.count(); n > 0; --n) items.push_back(to_json(*l.parts[0].of, from));
      from.leave();
      return items;
    }
    case layout_kind::map: {
      json::object entries;
      from.enter();
      for (auto n = from.count(); n > 0; --n) {
        std::string key{from.text()};
        entries[key] = to_json(*l.parts[1].of, from);
      }
      from.leave();
      return entries;
    }
    case layout_kind::structure: {
      json::object fields;
      for (auto& field : l.parts) fields[field.name] = to_json(*field.of, from);
      return fields;
    }
  }
  return nullptr;
}

namespace {

/// Translates one JSON value; knows where in the whole it stands, for messages.
class json_reader {
public:
  json_reader(const json::value& from, const layout& l, encoder& to, const std::string& at)
      : from_(from), layout_(l), to_(to), at_(at) {}

  void read() {
    switch (layout_.is) {
      case layout_kind::nothing: return;
      case layout_kind::flag: return to_.flag(need(from_.if_bool(), "true or false"));
      case layout_kind::text: return to_.text(text());
      case layout_kind::real: return to_.integer(std::bit_cast<std::uint64_t>(number<double>()));
      case layout_kind::integer: return read_whole_number();
      case layout_kind::choice: return read_choice();
      case layout_kind::bytes: return read_bytes();
      case layout_kind::optional:
        to_.flag(!from_.is_null());
        if (!from_.is_null()) from_json(from_, *layout_.parts[0].of, to_, at_);
        return;
      case layout_kind::one_of: return read_alternative();
      case layout_kind::list: return read_list();
      case layout_kind::map: return read_map();
      case layout_kind::structure: return read_structure();
    }
  }

private:
  failure wrong(std::string_view expected) const {
    auto found = from_.is_number() ? json::serialize(from_) : std::string(json::to_string(from_.kind()));
    return {errc::bad_request, at_ + ": expected " + std::string(expected) + ", found " + found};
  }
  template <class V> const V& need(const V* value, std::string_view expected) const {
    if (!value) throw wrong(expected);
    return *value;
  }
  std::string text() const { return std::string(need(from_.if_string(), "text")); }

  template <class N> N number() const { // as text too: JavaScript rounds integers beyond 2^53
    auto digits = from_.is_string() ? text() : json::serialize(from_);
    N n{};
    auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (failed != std::errc{} || end != digits.data() + digits.size()) throw wrong(layout_.name);
    return n;
  }

  void read_whole_number() {
    auto n = layout_.is_signed ? number<std::int64_t>() : static_cast<std::int64_t>(number<std::uint64_t>());
    if (!write_integer(layout_, n, to_)) throw wrong(layout_.name);
  }

  void read_choice() {
    auto named = std::ranges::find(layout_.parts, std::string_view(text()), &layout::part::name);
    if (named == layout_.parts.end()) throw wrong(spelled(layout_));
    write_integer(layout_, named->value, to_);
  }

  void read_bytes() {
    auto code = text();
    bytes data(code.size() / 4 * 3 + 3);
    auto [written, read] = base64::decode(data.data(), code.data(), code.size());
    bool padded = code.size() - read <= 2 && code.find_first_not_of('=', read) == code.npos;
    if (code.size() % 4 != 0 || !padded) throw wrong("base64");
    to_.count(written);
    to_.raw(std::span(data).first(written));
  }

  void read_alternative() {
    auto& object = need(from_.if_object(), "an object");
    auto is_it = [&](auto& part) { return object.size() == 1 && object.contains(spelled(*part.of, false)); };
    auto chosen = std::ranges::find_if(layout_.parts, is_it);
    if (chosen == layout_.parts.end()) throw wrong(spelled(layout_, false));
    to_.integer(static_cast<std::uint8_t>(chosen - layout_.parts.begin()));
    from_json(object.begin()->value(), *chosen->of, to_, at_);
  }

  void read_list() {
    auto& items = need(from_.if_array(), "a list");
    to_.enter();
    to_.count(items.size());
    for (std::size_t i = 0; i < items.size(); ++i)
      from_json(items[i], *layout_.parts[0].of, to_, at_ + "[" + std::to_string(i) + "]");
    to_.leave();
  }

  void read_map() {
    auto& entries = need(from_.if_object(), "an object");
    to_.enter();
    to_.count(entries.size());
    for (auto& [key, value] : entries) {
      to_.text(std::string_view(key));
      from_json(value, *layout_.parts[1].of, to_, at_ + "." + std::string(key));
    }
    to_.leave();
  }

  void read_structure() {
    auto& given = need(from_.if_object(), "an object");
    for (auto& entry : given) refuse_unknown(entry.key());
    json::value defaults;
    if (given.size() < layout_.parts.size()) {
      auto data = layout_.defaults();
      decoder source{data};
      defaults = to_json(layout_, source);
    }
    for (auto& field : layout_.parts) {
      auto* value = given.if_contains(field.name);
      if (!value) value = &defaults.at(field.name), require_default(field, *value);
      from_json(*value, *field.of, to_, at_ + "." + std::string(field.name));
    }
  }

  void refuse_unknown(std::string_view key) const {
    if (std::ranges::find(layout_.parts, key, &layout::part::name) != layout_.parts.end()) return;
    std::vector<std::string> names;
    for (auto& field : layout_.parts) names.emplace_back(field.name);
    auto nearest = nearest_text(key, names);
    throw failure(errc::bad_request,
                  at_ + " has no field " + std::string(key) + (nearest.empty() ? "" : "; nearest: " + nearest));
  }

  void require_default(const layout::part& field, const json::value& initial) const {
    using enum layout_kind;
    auto is = field.of->is;
    if (is == flag || is == integer || is == real || is == choice || is == optional) return;
    bool filled = false;
    if (is == structure) {
      auto data = field.of->defaults();
      decoder source{data};
      filled = initial != to_json(*field.of, source);
    } else if (initial.is_string()) filled = !initial.get_string().empty();
    else if (initial.is_array()) filled = !initial.get_array().empty();
    else if (initial.is_object() && is == map) filled = !initial.get_object().empty();
    if (!filled) throw failure(errc::bad_request, at_ + " needs the field " + std::string(field.name));
  }

  const json::value& from_;
  const layout& layout_;
  encoder& to_;
  const std::string& at_;
};

} // namespace

void from_json(const json::value& from, const layout& l, encoder& to, const std::string& at) {
  json_reader{from, l, to, at}.read();
}

} // namespace pillar
