/// How a type looks on the wire: one constant per type, made by the compiler from its description (Boost.Describe). The
/// fingerprint is its hash, the description its text, and JSON is translated by reading it.
#pragma once

#include "interfaces/envelope.hpp"

#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <ranges>
#include <ratio>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace pillar {

enum class layout_kind { nothing, flag, integer, real, text, bytes, choice, optional, one_of, list, map, structure };

/// A constant that describes a type. `parts`: fields of a structure, enumerators of a choice, element types of the
/// rest.
struct layout {
  struct part {
    std::string_view name; ///< of a field or enumerator
    const layout* of;      ///< null for enumerators
    std::int64_t value;    ///< of an enumerator
  };
  layout_kind is;
  std::string_view name;
  std::span<const part> parts{};
  unsigned size = 0;             ///< bytes of an integer or choice
  bool is_signed = false;        ///< of an integer or choice
  bytes (*defaults)() = nullptr; ///< a structure as its initialisers leave it, in binary
};

/// "int16", for an integer of 2 bytes with a sign.
constexpr std::string_view integer_name(std::size_t size, bool is_signed) {
  constexpr std::string_view names[] = {"uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"};
  return names[std::countr_zero(size) + 4 * is_signed];
}

/// Writes a layout as text and as a hash (FNV-1a, 64 bits), which the compiler can do too. A tree type ends where it
/// mentions itself.
class spelling {
public:
  constexpr explicit spelling(std::string* text = nullptr, bool whole = true) : text_(text), whole_(whole) {}

  constexpr void say(std::string_view more) {
    for (unsigned char c : more) hash_ = (hash_ ^ c) * 0x100000001b3;
    if (text_) *text_ += more;
  }
  constexpr void say(std::int64_t number) {
    if (number < 0) say("-"), number = -number;
    if (number > 9) say(number / 10);
    say(std::string_view("0123456789").substr(static_cast<std::size_t>(number % 10), 1));
  }
  constexpr void operator()(const layout& l) {
    for (std::size_t i = 0; i < l.name.size(); ++i) // "ipfs::cid" as "ipfs.cid"
      say(l.name[i] == ':' ? ++i, "." : l.name.substr(i, 1));
    bool named = l.is == layout_kind::structure || l.is == layout_kind::choice;
    if (l.parts.empty() || (named && !whole_)) return;
    if (l.is == layout_kind::choice) say(" "), say(integer_name(l.size, l.is_signed));
    for (auto* outer : around_)
      if (outer == &l) return;
    around_.push_back(&l);
    say(named ? "{" : "(");
    for (auto& part : l.parts) {
      if (&part != &l.parts[0]) say(", ");
      say(part.name);
      if (!part.of) say("="), say(part.value);
      else say(part.name.empty() ? "" : ": "), (*this)(*part.of);
    }
    say(named ? "}" : ")");
    around_.pop_back();
  }
  constexpr std::uint64_t hash() const { return hash_; }

private:
  std::string* text_;
  bool whole_; // false: only the names of structures and enumerations, not what is in them
  std::uint64_t hash_ = 0xcbf29ce484222325;
  std::vector<const layout*> around_{};
};

/// "ipfs.pin_rm{path: text, recursive: flag}"; not whole: "ipfs.pin_rm".
std::string spelled(const layout& l, bool whole = true);

/// The kinds of type that can travel.
template <class T>
concept described = boost::describe::has_describe_members<T>::value && std::is_class_v<T>;
template <class T>
concept enumeration = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept text_map = requires { typename T::mapped_type; } && std::same_as<typename T::key_type, std::string>;
template <class T>
concept sequence = requires(T x) { x.emplace_back(); } && !std::same_as<T, std::string> && !std::same_as<T, bytes>;
template <class T>
concept maybe = std::same_as<T, std::optional<typename T::value_type>>;
template <class T>
concept time_span = requires { typename T::period; } && !requires { typename T::clock; };
template <class T>
concept alternatives = requires { std::variant_size<T>::value; } && !std::ranges::range<T>;

namespace detail {

template <class T>
using members =
    boost::mp11::mp_rename<boost::describe::describe_members<T, boost::describe::mod_public>, boost::mp11::mp_list>;
template <class T, class Member> using field_type = std::remove_cvref_t<decltype(std::declval<T&>().*Member::pointer)>;

template <class Period> consteval std::string_view unit_name() {
  if constexpr (std::ratio_equal_v<Period, std::nano>) return "nanoseconds";
  else if constexpr (std::ratio_equal_v<Period, std::micro>) return "microseconds";
  else if constexpr (std::ratio_equal_v<Period, std::milli>) return "milliseconds";
  else if constexpr (std::ratio_equal_v<Period, std::ratio<1>>) return "seconds";
  else if constexpr (std::ratio_equal_v<Period, std::ratio<60>>) return "minutes";
  else {
    static_assert(std::ratio_equal_v<Period, std::ratio<3600>>,
                  "a duration that travels counts ns, us, ms, s, min or h");
    return "hours";
  }
}

template <class T> bytes default_bytes(); // in binary.hpp

} // namespace detail

template <class T> consteval layout make_layout();

/// The layout of T, one object per type.
template <class T> struct layout_of {
  static constexpr layout value = make_layout<T>();
};

namespace detail {
template <class... Ts> inline constexpr layout::part elements[] = {{{}, &layout_of<Ts>::value, 0}...};
template <class... Es>
inline constexpr layout::part enumerators[] = {{Es::name, nullptr, static_cast<std::int64_t>(Es::value)}...};
template <class T, class... Ms>
inline constexpr std::array<layout::part, sizeof...(Ms)> fields = {
    layout::part{Ms::name, &layout_of<field_type<T, Ms>>::value, 0}...};
} // namespace detail

template <class T> consteval layout make_layout() {
  using boost::mp11::mp_list, boost::mp11::mp_rename;
  using enum layout_kind;
  if constexpr (std::is_void_v<T>) return {nothing, "nothing"};
  else if constexpr (is_stream<T>)
    return []<class Item>(std::type_identity<stream<Item>>) {
      return layout{list, "stream", detail::elements<Item>};
    }(std::type_identity<T>{});
  else if constexpr (std::same_as<T, bool>) return {flag, "flag"};
  else if constexpr (std::same_as<T, double>) return {real, "real"};
  else if constexpr (std::same_as<T, std::string>) return {text, "text"};
  else if constexpr (std::same_as<T, std::filesystem::path>) return {text, "path"};
  else if constexpr (std::same_as<T, actor_name>) return {text, "name"};
  else if constexpr (std::same_as<T, pillar::bytes>) return {bytes, "bytes"};
  else if constexpr (std::same_as<T, instant>) return {integer, "time-left", {}, 8, true};
  else if constexpr (time_span<T>) return {integer, detail::unit_name<typename T::period>(), {}, 8, true};
  else if constexpr (std::integral<T>) {
    return {integer, integer_name(sizeof(T), std::is_signed_v<T>), {}, sizeof(T), std::is_signed_v<T>};
  } else if constexpr (enumeration<T>)
    return []<class... Es>(mp_list<Es...>) {
      return layout{choice, cpp_name<T>, detail::enumerators<Es...>, sizeof(T),
                    std::is_signed_v<std::underlying_type_t<T>>};
    }(mp_rename<boost::describe::describe_enumerators<T>, mp_list>{});
  else if constexpr (maybe<T>) return {optional, "optional", detail::elements<typename T::value_type>};
  else if constexpr (text_map<T>) return {map, "map", detail::elements<typename T::key_type, typename T::mapped_type>};
  else if constexpr (sequence<T>) return {list, "list", detail::elements<typename T::value_type>};
  else if constexpr (alternatives<T>)
    return []<class... As>(mp_list<As...>) {
      return layout{one_of, "one-of", detail::elements<As...>};
    }(mp_rename<T, mp_list>{});
  else {
    static_assert(described<T>, "this type cannot travel: describe it with BOOST_DESCRIBE_STRUCT");
    if constexpr (described<T>)
      return []<class... Ms>(mp_list<Ms...>) {
        return layout{layout_kind::structure,   cpp_name<T>, detail::fields<T, Ms...>, 0, false,
                      &detail::default_bytes<T>};
      }(detail::members<T>{});
  }
}

/// Changes whenever a name or type in the request or its reply does, however deep. Initialisers are not part of it.
template <class Request> consteval std::uint64_t fingerprint() {
  spelling s;
  s(layout_of<Request>::value);
  s.say(" -> ");
  s(layout_of<typename Request::reply>::value);
  return s.hash();
}

} // namespace pillar
