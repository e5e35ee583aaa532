#include "interfaces/layout.hpp"

#include "interfaces/binary.hpp"
#include "interfaces/ipfs.hpp"
#include "tests/interfaces/samples.hpp"

#include <doctest/doctest.h>

#include <list>
#include <unordered_map>

using namespace pillar;

namespace {
template <class T> std::string spelled_of(bool whole = true) {
  return spelled(layout_of<T>::value, whole);
}
template <class T> constexpr layout_kind kind_of = layout_of<T>::value.is;
} // namespace

TEST_CASE("every kind of type has its layout") {
  using enum layout_kind;
  static_assert(kind_of<void> == nothing);
  static_assert(kind_of<bool> == flag);
  static_assert(kind_of<std::int16_t> == integer);
  static_assert(kind_of<double> == real);
  static_assert(kind_of<std::string> == text);
  static_assert(kind_of<std::filesystem::path> == text);
  static_assert(kind_of<actor_name> == text);
  static_assert(kind_of<pillar::bytes> == layout_kind::bytes);
  static_assert(kind_of<sample::colour> == choice);
  static_assert(kind_of<std::optional<int>> == optional);
  static_assert(kind_of<sample::shape> == one_of);
  static_assert(kind_of<std::vector<int>> == list);
  static_assert(kind_of<std::list<int>> == list);
  static_assert(kind_of<stream<int>> == list);
  static_assert(kind_of<std::map<std::string, int>> == map);
  static_assert(kind_of<std::unordered_map<std::string, int>> == map);
  static_assert(kind_of<sample::point> == structure);
  static_assert(kind_of<instant> == integer);
  static_assert(kind_of<std::chrono::minutes> == integer);
}

TEST_CASE("integers are spelled by sign and width") {
  CHECK(spelled_of<std::uint8_t>() == "uint8");
  CHECK(spelled_of<std::int8_t>() == "int8");
  CHECK(spelled_of<std::uint16_t>() == "uint16");
  CHECK(spelled_of<std::int16_t>() == "int16");
  CHECK(spelled_of<std::uint32_t>() == "uint32");
  CHECK(spelled_of<std::int32_t>() == "int32");
  CHECK(spelled_of<std::uint64_t>() == "uint64");
  CHECK(spelled_of<std::int64_t>() == "int64");
}

TEST_CASE("times are spelled by what they count") {
  CHECK(spelled_of<std::chrono::nanoseconds>() == "nanoseconds");
  CHECK(spelled_of<std::chrono::microseconds>() == "microseconds");
  CHECK(spelled_of<std::chrono::milliseconds>() == "milliseconds");
  CHECK(spelled_of<std::chrono::seconds>() == "seconds");
  CHECK(spelled_of<std::chrono::minutes>() == "minutes");
  CHECK(spelled_of<std::chrono::hours>() == "hours");
  CHECK(spelled_of<instant>() == "time-left");
}

TEST_CASE("composed types are spelled with their parts") {
  CHECK(spelled_of<void>() == "nothing");
  CHECK(spelled_of<std::optional<std::string>>() == "optional(text)");
  CHECK(spelled_of<std::vector<pillar::bytes>>() == "list(bytes)");
  CHECK(spelled_of<stream<pillar::bytes>>() == "stream(bytes)");
  CHECK(spelled_of<std::map<std::string, double>>() == "map(text, real)");
  CHECK(spelled_of<std::variant<bool, std::filesystem::path>>() == "one-of(flag, path)");
  CHECK(spelled_of<sample::point>() == "sample.point{x: real, y: real}");
  CHECK(spelled_of<sample::forget>() == "sample.forget");
}

TEST_CASE("an enumeration is spelled with its width, its names and its numbers") {
  CHECK(spelled_of<sample::colour>() == "sample.colour uint8{red=1, green=2, blue=7}");
  CHECK(spelled_of<sample::step>() == "sample.step int16{down=-1, none=0, up=1}");
}

TEST_CASE("not whole, only the names of structures and enumerations are spelled") {
  CHECK(spelled_of<sample::point>(false) == "sample.point");
  CHECK(spelled_of<sample::colour>(false) == "sample.colour");
  CHECK(spelled_of<std::vector<sample::point>>(false) == "list(sample.point)");
  CHECK(spelled_of<ipfs::cid>(false) == "ipfs.cid");
}

TEST_CASE("a tree is spelled until it mentions itself") {
  CHECK(spelled_of<sample::branch>() == "sample.branch{name: text, below: list(sample.branch)}");
  CHECK(spelled_of<sample::folder>() == "sample.folder{inside: map(text, sample.folder)}");
}

TEST_CASE("a request of a contract is spelled as people read it") {
  CHECK(spelled_of<ipfs::pin_rm>() == "ipfs.pin_rm{path: text, recursive: flag}");
  CHECK(spelled_of<ipfs::cat>() == "ipfs.cat{path: text, offset: uint64, length: optional(uint64)}");
}

TEST_CASE("the compiler's hash is that of the spelled text") {
  auto hash = [](std::string_view text) {
    std::uint64_t h = 0xcbf29ce484222325; // FNV-1a
    for (unsigned char c : text) h = (h ^ c) * 0x100000001b3;
    return h;
  };
  constexpr auto compiled = [] {
    spelling s;
    s(layout_of<sample::everything>::value);
    return s.hash();
  }();
  CHECK(compiled == hash(spelled_of<sample::everything>()));
  CHECK(fingerprint<sample::price>() == hash(spelled_of<sample::price>() + " -> uint64"));
  CHECK(fingerprint<sample::walk>() == hash("sample.walk{steps: uint32} -> stream(sample.point{x: real, y: real})"));
}

TEST_CASE("a structure's layout knows what its initialisers say") {
  auto data = layout_of<ipfs::pin_rm>::value.defaults();
  auto initial = decode<ipfs::pin_rm>(data);
  CHECK(initial.path.empty());
  CHECK(initial.recursive);
}
