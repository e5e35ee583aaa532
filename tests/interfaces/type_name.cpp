#include "interfaces/type_name.hpp"

#include "interfaces/ipfs.hpp"
#include "tests/interfaces/samples.hpp"

#include <doctest/doctest.h>

using namespace pillar;

TEST_CASE("a type's name is the one in the source without an outer pillar::") {
  static_assert(cpp_name<ipfs::add_str> == "ipfs::add_str");
  static_assert(cpp_name<sample::point> == "sample::point");
  static_assert(cpp_name<envelope> == "envelope");
}

TEST_CASE("the last part of a name has no namespaces") {
  static_assert(last_name<ipfs::add_str> == "add_str");
  static_assert(last_name<envelope> == "envelope");
}

TEST_CASE("names are written with dots for people and grants") {
  CHECK(dotted("ipfs::add_str") == "ipfs.add_str");
  CHECK(dotted("a::b::c") == "a.b.c");
  CHECK(dotted("plain") == "plain");
  CHECK(dotted("") == "");
}
