#include "interfaces/envelope.hpp"
#include "interfaces/error.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace pillar;

TEST_CASE("a name holds what was given, in place") {
  actor_name name{"notary-1/a_b.c#2"};
  CHECK(name.view() == "notary-1/a_b.c#2");
  CHECK_FALSE(name.empty());
  static_assert(sizeof(actor_name) == 32);
}

TEST_CASE("a name may have 31 characters and not 32") {
  CHECK(actor_name(std::string(31, 'x')).view().size() == 31);
  CHECK_THROWS_AS(actor_name(std::string(32, 'x')), failure);
}

TEST_CASE("a name without characters, with capitals, spaces or other bytes is refused") {
  for (auto* bad : {"", "Notary", "a b", "a:b", "h\xc3\xa9", "a\n"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(actor_name{bad}, failure);
  }
  CHECK_THROWS_AS(actor_name(std::string_view("a\0b", 3)), failure);
}

TEST_CASE("the refusal of a name repeats it and says what a name looks like") {
  CHECK_THROWS_WITH(actor_name{"My Plugin"},
                    "\"My Plugin\" cannot name an actor: use 1 to 31 characters of a-z, 0-9, - _ . / #");
  try {
    actor_name{"?"};
  } catch (const failure& f) {
    CHECK(f.code() == errc::bad_request);
  }
}

TEST_CASE("the refusal of a very long name does not repeat all of it") {
  try {
    actor_name{std::string(10'000, 'x')};
    FAIL("was taken");
  } catch (const failure& f) {
    CHECK(f.message().size() < 200);
  }
}

TEST_CASE("names compare as texts do") {
  CHECK(actor_name{"a"} == actor_name{"a"});
  CHECK(actor_name{"a"} != actor_name{"a0"});
  CHECK(actor_name{"a"} < actor_name{"b"});
  CHECK(actor_name{} < actor_name{"a"});
  CHECK(actor_name{}.empty());
}
