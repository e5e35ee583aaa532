#include "interfaces/binary.hpp"

#include <algorithm>

namespace pillar {

namespace {
failure ends_early() {
  return {errc::bad_request, "the data ends too early"};
}
failure too_deep() {
  return {errc::bad_request, "the data is nested deeper than " + std::to_string(deepest_nesting) + " levels"};
}
} // namespace

void encoder::count(std::size_t n) {
  if (n > std::numeric_limits<std::uint32_t>::max())
    throw failure(errc::too_large, "a value of " + std::to_string(n) + " bytes or elements: at most 2^32-1 can travel");
  for (; n > 0x7f; n >>= 7) integer(static_cast<std::uint8_t>(n | 0x80));
  integer(static_cast<std::uint8_t>(n));
}

void encoder::enter() {
  if (++depth_ > deepest_nesting) throw too_deep();
}

bool decoder::flag() {
  auto value = integer<std::uint8_t>();
  if (value > 1) detail::refuse_number("a flag", value);
  return value == 1;
}

std::size_t decoder::count() {
  std::size_t n = 0;
  for (unsigned shift = 0;; shift += 7) {
    auto byte = integer<std::uint8_t>();
    n |= std::size_t{byte & 0x7fu} << shift;
    if (byte < 0x80) break;
    if (shift == 28) throw failure(errc::bad_request, "a length is longer than 5 bytes");
  }
  if (n > left_.size()) throw ends_early();
  return n;
}

std::span<const std::byte> decoder::take(std::size_t size) {
  if (size > left_.size()) throw ends_early();
  auto taken = left_.first(size);
  left_ = left_.subspan(size);
  return taken;
}

void decoder::expect_end() const {
  if (!left_.empty())
    throw failure(errc::bad_request, std::to_string(left_.size()) + " bytes follow the end of the value");
}

void decoder::enter() {
  if (++depth_ > deepest_nesting) throw too_deep();
}

// A clock never shows a negative time, so a time left can only be too large, and a moment past only too early.
std::int64_t detail::time_left(instant now, instant then) {
  if (then == instant::max()) return std::numeric_limits<std::int64_t>::max();
  auto earliest = instant::min() + now.time_since_epoch();
  return (std::max(then, earliest) - now).count();
}

instant detail::after(instant now, std::int64_t left) {
  return left < (instant::max() - now).count() ? now + duration{left} : instant::max();
}

void detail::refuse_number(std::string_view what, std::int64_t number) {
  throw failure(errc::bad_request, "the number " + std::to_string(number) + " does not belong to " + dotted(what));
}

} // namespace pillar
