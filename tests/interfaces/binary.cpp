#include "interfaces/binary.hpp"

#include "tests/interfaces/samples.hpp"
#include "tests/support/bytes.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <list>

using namespace pillar;
using namespace pillar::test::literals;
using namespace std::chrono_literals;

namespace {
bytes octets(std::initializer_list<int> values) {
  bytes all;
  for (auto value : values) all.push_back(static_cast<std::byte>(value));
  return all;
}
template <class T> T through_binary(const T& x) {
  return decode<T>(encode(x));
}
template <class N> void ends_come_back() {
  using limits = std::numeric_limits<N>;
  CHECK(through_binary(limits::min()) == limits::min());
  CHECK(through_binary(limits::max()) == limits::max());
}
template <class... N> void both_ends_come_back() {
  (ends_come_back<N>(), ...);
}
} // namespace

TEST_CASE("a structure of every kind of field comes back as it was") {
  CHECK(through_binary(sample::full()) == sample::full());
  CHECK(through_binary(sample::everything{}) == sample::everything{});
}

TEST_CASE("integers are little-endian at their own width") {
  CHECK(encode(std::uint8_t{0xab}) == octets({0xab}));
  CHECK(encode(std::uint16_t{0x1234}) == octets({0x34, 0x12}));
  CHECK(encode(std::int32_t{-2}) == octets({0xfe, 0xff, 0xff, 0xff}));
  CHECK(encode(std::uint64_t{0x0102030405060708}) == octets({8, 7, 6, 5, 4, 3, 2, 1}));
}

TEST_CASE("the ends of each integer's range come back") {
  both_ends_come_back<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t,
                      std::uint64_t>();
}

TEST_CASE("flags and enumerators are integers") {
  CHECK(encode(true) == octets({1}));
  CHECK(encode(false) == octets({0}));
  CHECK(encode(sample::colour::blue) == octets({7}));
  CHECK(encode(sample::step::down) == octets({0xff, 0xff}));
}

TEST_CASE("lengths are LEB128") {
  CHECK(encode(std::string("hi")) == octets({2, 'h', 'i'}));
  auto long_text = encode(std::string(300, 'x'));
  CHECK(long_text.size() == 302);
  CHECK(long_text[0] == std::byte{0xac});
  CHECK(long_text[1] == std::byte{0x02});
  CHECK(encode(std::vector<std::uint8_t>(128, 1)).size() == 130);
}

TEST_CASE("texts and bytes may hold anything, and large ones come back") {
  std::string zeros("a\0b\xff", 4);
  CHECK(through_binary(zeros) == zeros);
  bytes large(3'000'000, std::byte{0x5a});
  CHECK(through_binary(large) == large);
  CHECK(through_binary(std::filesystem::path("/a/\xff/b")) == std::filesystem::path("/a/\xff/b"));
}

TEST_CASE("doubles arrive as their bits") {
  for (double x : {0.0, -0.0, 1.0 / 3, -1e308, 5e-324, std::numeric_limits<double>::infinity(),
                   -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    CAPTURE(x);
    CHECK(std::bit_cast<std::uint64_t>(through_binary(x)) == std::bit_cast<std::uint64_t>(x));
  }
  auto payload = std::bit_cast<double>(std::uint64_t{0x7ff800000000beef});
  CHECK(std::bit_cast<std::uint64_t>(through_binary(payload)) == 0x7ff800000000beef);
  CHECK(std::signbit(through_binary(-0.0)));
}

TEST_CASE("an optional is a flag and its value") {
  CHECK(encode(std::optional<std::uint8_t>{}) == octets({0}));
  CHECK(encode(std::optional<std::uint8_t>{9}) == octets({1, 9}));
  CHECK(through_binary(std::optional<std::string>{""}) == std::optional<std::string>{""});
  CHECK(through_binary(std::optional<std::string>{}) == std::nullopt);
}

TEST_CASE("a variant is the number of its alternative and its value") {
  CHECK(encode(sample::shape{sample::colour::red}) == octets({2, 1}));
  for (auto& shape : {sample::shape{sample::point{1, 2}}, sample::shape{"text"}, sample::shape{sample::colour::blue}})
    CHECK(through_binary(shape) == shape);
}

TEST_CASE("times count in their own unit") {
  CHECK(encode(std::chrono::seconds(2)) == encode(std::int64_t{2}));
  CHECK(through_binary(std::chrono::milliseconds(-5)) == -5ms);
  CHECK(through_binary(std::chrono::nanoseconds::max()) == std::chrono::nanoseconds::max());
  CHECK(through_binary(std::chrono::hours(3)) == 3h);
}

TEST_CASE("lists, maps and trees come back") {
  CHECK(through_binary(std::list<std::string>{"a", "b"}) == std::list<std::string>{"a", "b"});
  std::map<std::string, std::vector<sample::point>> map{{"a", {{1, 2}}}, {"b", {}}};
  CHECK(through_binary(map) == map);
  sample::branch tree{"root", {{"left", {{"leaf"}}}, {"right"}}};
  CHECK(through_binary(tree) == tree);
  sample::folder folder{{{"a", {{{"b", {}}}}}, {"c", {}}}};
  CHECK(through_binary(folder) == folder);
}

TEST_CASE("names come back, the empty one too") {
  CHECK(through_binary(actor_name{"notary-1"}) == actor_name{"notary-1"});
  CHECK(through_binary(actor_name{}) == actor_name{});
}

TEST_CASE("a deadline travels as the time that is left") {
  instant here{100s}, there{7000s};
  auto data = encode(here + 10s, here);
  CHECK(data == encode(std::int64_t{10'000'000'000}));
  CHECK(decode<instant>(data, there) == there + 10s);
  CHECK(decode<instant>(encode(here - 3s, here), there) == there - 3s);
}

TEST_CASE("no deadline stays no deadline") {
  CHECK(decode<instant>(encode(instant::max(), instant{5s}), instant{7000s}) == instant::max());
}

TEST_CASE("a time left that leads beyond the end of time is no deadline") {
  auto beyond = encode(std::int64_t{std::numeric_limits<std::int64_t>::max() - 1});
  CHECK(decode<instant>(beyond, instant{7000s}) == instant::max());
}

TEST_CASE("a time long past can be passed on") {
  auto forged = encode(std::numeric_limits<std::int64_t>::min());
  auto past = decode<instant>(forged, instant{5s});
  CHECK(past < instant{5s});
  CHECK(decode<instant>(encode(past, instant{10s}), instant{10s}) < instant{10s});
}

TEST_CASE("reading replaces what was in the value") {
  sample::everything into = sample::full();
  auto data = encode(sample::everything{});
  decoder from{data};
  transfer(into, from);
  CHECK(into == sample::everything{});
}
