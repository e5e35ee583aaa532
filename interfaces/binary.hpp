/// The binary form of values: an encoder that appends to bytes, a decoder that trusts nothing it reads, and one
/// template, `transfer`, that knows the format in both directions.
///
/// Format: integers little-endian at their own width; doubles as their 64 bits; flags and enumerators as integers;
/// lengths, counts and the number of a variant's alternative as LEB128 of at most 5 bytes; texts, paths and bytes as
/// length and content; optional as a flag and the value; structures as their fields in order. A deadline travels as the
/// time left.
#pragma once

#include "interfaces/error.hpp"
#include "interfaces/layout.hpp"

#include <boost/describe/enum_to_string.hpp>
#include <boost/mp11/algorithm.hpp>

#include <bit>
#include <cstring>
#include <limits>
#include <span>

namespace pillar {

constexpr std::size_t deepest_nesting = 64; ///< levels of trees, so that forged data cannot exhaust the stack

/// Appends values to a byte vector.
class encoder {
public:
  static constexpr bool reads = false;

  explicit encoder(bytes& to, instant now = {}) : to_(to), now_(now) {}

  void integer(std::integral auto value) {
    std::byte raw[sizeof value];
    auto bits = static_cast<std::make_unsigned_t<decltype(value)>>(value);
    for (auto& byte : raw) {
      byte = static_cast<std::byte>(bits & 0xff);
      if constexpr (sizeof value > 1) bits >>= 8;
    }
    to_.insert(to_.end(), std::begin(raw), std::end(raw));
  }
  void flag(bool value) { integer(std::uint8_t{value}); }
  void count(std::size_t n); ///< throws failure (too_large) above 2^32-1
  void raw(std::span<const std::byte> data) { to_.insert(to_.end(), data.begin(), data.end()); }
  void text(std::string_view value) {
    count(value.size());
    raw(std::as_bytes(std::span(value)));
  }
  instant now() const { return now_; }
  void enter();
  void leave() { --depth_; }

private:
  bytes& to_;
  instant now_;
  std::size_t depth_ = 0;
};

/// Reads values from bytes that may be forged: every length is held against what is left before anything is reserved.
/// Throws failure (bad_request).
class decoder {
public:
  static constexpr bool reads = true;

  explicit decoder(std::span<const std::byte> from, instant now = {}) : left_(from), now_(now) {}

  template <std::integral T> T integer() {
    auto from = take(sizeof(T));
    std::make_unsigned_t<T> bits = 0;
    for (std::size_t i = sizeof(T); i-- > 0;) {
      if constexpr (sizeof(T) > 1) bits = static_cast<std::make_unsigned_t<T>>(bits << 8);
      bits = static_cast<std::make_unsigned_t<T>>(bits | static_cast<std::uint8_t>(from[i]));
    }
    return static_cast<T>(bits);
  }
  bool flag();
  std::size_t count(); ///< of things that take at least one byte each
  std::span<const std::byte> take(std::size_t size);
  std::string_view text() {
    auto data = take(count());
    return {reinterpret_cast<const char*>(data.data()), data.size()};
  }
  instant now() const { return now_; }
  bool at_end() const { return left_.empty(); }
  void expect_end() const; ///< throws unless everything was read
  void enter();
  void leave() { --depth_; }

private:
  std::span<const std::byte> left_;
  instant now_;
  std::size_t depth_ = 0;
};

namespace detail {
/// Nanoseconds from `now` until `then`; instant::max() stays endless, and what is long past stays past.
std::int64_t time_left(instant now, instant then);
instant after(instant now, std::int64_t left);
[[noreturn]] void refuse_number(std::string_view what, std::int64_t number);
} // namespace detail

/// Writes x to an encoder, or reads it from a decoder (which throws failure, and leaves x valid but unspecified).
template <class T, class Coder> void transfer(T& x, Coder& c) {
  constexpr bool reads = Coder::reads;
  if constexpr (std::same_as<T, bool>) {
    if constexpr (reads) x = c.flag();
    else c.flag(x);
  } else if constexpr (std::integral<T>) {
    if constexpr (reads) x = c.template integer<T>();
    else c.integer(x);
  } else if constexpr (std::same_as<T, double>) { // as bits: infinities, NaN and -0.0 arrive as they are
    if constexpr (reads) x = std::bit_cast<double>(c.template integer<std::uint64_t>());
    else c.integer(std::bit_cast<std::uint64_t>(x));
  } else if constexpr (std::same_as<T, std::string>) {
    if constexpr (reads) x = c.text();
    else c.text(x);
  } else if constexpr (std::same_as<T, std::filesystem::path>) {
    if constexpr (reads) x = c.text();
    else c.text(x.native());
  } else if constexpr (std::same_as<T, actor_name>) {
    if constexpr (reads) {
      auto text = c.text();
      x = text.empty() ? actor_name{} : actor_name{text};
    } else c.text(x.view());
  } else if constexpr (std::same_as<T, bytes>) {
    if constexpr (reads) {
      auto data = c.take(c.count());
      x.assign(data.begin(), data.end());
    } else {
      c.count(x.size());
      c.raw(x);
    }
  } else if constexpr (std::same_as<T, instant>) {
    if constexpr (reads) x = detail::after(c.now(), c.template integer<std::int64_t>());
    else c.integer(detail::time_left(c.now(), x));
  } else if constexpr (time_span<T>) {
    if constexpr (reads) x = T{static_cast<typename T::rep>(c.template integer<std::int64_t>())};
    else c.integer(std::int64_t{x.count()});
  } else if constexpr (enumeration<T>) {
    using number = std::underlying_type_t<T>;
    if constexpr (reads) {
      auto value = c.template integer<number>();
      x = static_cast<T>(value);
      if (!boost::describe::enum_to_string(x, nullptr)) detail::refuse_number(cpp_name<T>, value);
    } else c.integer(static_cast<number>(x));
  } else if constexpr (maybe<T>) {
    if constexpr (reads) {
      if (c.flag()) transfer(x.emplace(), c);
      else x.reset();
    } else {
      c.flag(x.has_value());
      if (x) transfer(*x, c);
    }
  } else if constexpr (text_map<T>) {
    c.enter();
    if constexpr (reads) {
      x.clear();
      for (auto n = c.count(); n > 0; --n) {
        std::string key{c.text()};
        transfer(x[std::move(key)], c);
      }
    } else {
      c.count(x.size());
      for (auto& [key, value] : x) c.text(key), transfer(value, c);
    }
    c.leave();
  } else if constexpr (sequence<T>) {
    static_assert(!std::is_empty_v<typename T::value_type>, "a forged count of empty structs would fill the memory");
    c.enter();
    if constexpr (reads) {
      x.clear();
      for (auto n = c.count(); n > 0; --n) transfer(x.emplace_back(), c);
    } else {
      c.count(x.size());
      for (auto& item : x) transfer(item, c);
    }
    c.leave();
  } else if constexpr (alternatives<T>) {
    c.enter();
    if constexpr (reads) {
      auto index = c.template integer<std::uint8_t>();
      if (index >= std::variant_size_v<T>) detail::refuse_number("the alternatives", index);
      boost::mp11::mp_with_index<std::variant_size_v<T>>(index, [&](auto i) { transfer(x.template emplace<i>(), c); });
    } else {
      c.integer(static_cast<std::uint8_t>(x.index()));
      std::visit([&](auto& value) { transfer(value, c); }, x);
    }
    c.leave();
  } else {
    static_assert(described<T>, "this type cannot travel: describe it with BOOST_DESCRIBE_STRUCT");
    [&]<class... Ms>(boost::mp11::mp_list<Ms...>) { (transfer(x.*Ms::pointer, c), ...); }(detail::members<T>{});
  }
}

/// The binary form of x.
template <class T> bytes encode(const T& x, instant now = {}) {
  bytes data;
  encoder to{data, now};
  transfer(const_cast<T&>(x), to); // an encoder only reads it
  return data;
}

/// The value in `data`, all of which must belong to it. Throws failure (bad_request).
template <class T> T decode(std::span<const std::byte> data, instant now = {}) {
  T x{};
  decoder from{data, now};
  transfer(x, from);
  from.expect_end();
  return x;
}

template <class T> bytes detail::default_bytes() {
  return encode(T{});
}

} // namespace pillar
