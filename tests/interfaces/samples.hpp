/// Types of every kind that can travel, for the tests of interfaces.
#pragma once

#include "interfaces/envelope.hpp"
#include "interfaces/interface.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sample {

enum class colour : std::uint8_t { red = 1, green = 2, blue = 7 };
BOOST_DESCRIBE_ENUM(colour, red, green, blue)
enum class step : std::int16_t { down = -1, none, up };
BOOST_DESCRIBE_ENUM(step, down, none, up)

struct point {
  double x = 0;
  double y = 0;
  bool operator==(const point&) const = default;
};
BOOST_DESCRIBE_STRUCT(point, (), (x, y))

struct branch {
  std::string name;
  std::vector<branch> below = {};
  bool operator==(const branch&) const = default;
};
BOOST_DESCRIBE_STRUCT(branch, (), (name, below))

/// A tree through maps.
struct folder {
  std::map<std::string, folder> inside = {};
  bool operator==(const folder&) const = default;
};
BOOST_DESCRIBE_STRUCT(folder, (), (inside))

using shape = std::variant<point, std::string, colour>;

struct everything {
  bool yes = false;
  std::int8_t i8 = 0;
  std::uint8_t u8 = 0;
  std::int16_t i16 = 0;
  std::uint16_t u16 = 0;
  std::int32_t i32 = 0;
  std::uint32_t u32 = 0;
  std::int64_t i64 = 0;
  std::uint64_t u64 = 0;
  double real = 0;
  std::string text;
  std::filesystem::path path;
  pillar::bytes raw;
  sample::colour colour = colour::red;
  sample::step step = step::none;
  std::optional<std::string> maybe_text;
  std::optional<point> maybe_point;
  std::vector<std::string> texts;
  std::vector<point> points;
  std::map<std::string, std::uint32_t> counts;
  sample::shape shape;
  std::chrono::nanoseconds nanoseconds{};
  std::chrono::seconds seconds{};
  std::chrono::hours hours{};
  pillar::actor_name who;
  bool operator==(const everything&) const = default;
};
BOOST_DESCRIBE_STRUCT(everything, (),
                      (yes, i8, u8, i16, u16, i32, u32, i64, u64, real, text, path, raw, colour, step, maybe_text,
                       maybe_point, texts, points, counts, shape, nanoseconds, seconds, hours, who))

/// With nothing at its default.
inline everything full() {
  return {.yes = true,
          .i8 = -128,
          .u8 = 255,
          .i16 = -32768,
          .u16 = 65535,
          .i32 = -2147483647 - 1,
          .u32 = 4294967295,
          .i64 = -9223372036854775807 - 1,
          .u64 = 18446744073709551615u,
          .real = 1.5,
          .text = "h\xc3\xa9llo",
          .path = "/tmp/a b",
          .raw = {std::byte{0}, std::byte{255}, std::byte{7}},
          .colour = colour::blue,
          .step = step::down,
          .maybe_text = "",
          .maybe_point = point{1, 2},
          .texts = {"", "one", "two"},
          .points = {{0.5, -0.5}, {3, 4}},
          .counts = {{"", 0}, {"apples", 3}},
          .shape = colour::green,
          .nanoseconds = std::chrono::nanoseconds(-1),
          .seconds = std::chrono::seconds(90),
          .hours = std::chrono::hours(24),
          .who = pillar::actor_name("notary-1")};
}

/// Asks what one point costs.
struct price {
  using reply = std::uint64_t;
  point at;
  std::optional<std::string> coupon = {};
};
BOOST_DESCRIBE_STRUCT(price, (), (at, coupon))

struct draw {
  using reply = branch;
  static constexpr bool idempotent = true;
  colour with = colour::red;
};
BOOST_DESCRIBE_STRUCT(draw, (), (with))

struct forget {
  using reply = void;
};
BOOST_DESCRIBE_STRUCT(forget, (), ())

struct walk {
  using reply = pillar::stream<point>;
  std::uint32_t steps = 0;
};
BOOST_DESCRIBE_STRUCT(walk, (), (steps))

struct service : pillar::interface<"sample", price, draw, forget, walk> {};
struct reader : pillar::narrow<service, draw, walk> {};
struct painter : pillar::narrow<reader, draw> {};

} // namespace sample
