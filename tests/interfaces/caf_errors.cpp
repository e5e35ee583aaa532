#include "interfaces/inspect.hpp"

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>
#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <caf/sec.hpp>
#include <doctest/doctest.h>

using namespace pillar;

TEST_CASE("every failure goes into a caf::error and comes back as it was") {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<errc>>([](auto e) {
    failure f{e.value, std::string("about ") + e.name};
    CHECK(from_caf_error(to_caf_error(f)) == f);
  });
  CHECK(from_caf_error(to_caf_error({errc::conflict, ""})) == failure{errc::conflict, ""});
}

TEST_CASE("a failure is a caf::error of category pillar with its message") {
  auto e = to_caf_error({errc::not_found, "no block"});
  CHECK(e.category() == caf::atom("pillar"));
  CHECK(e.code() == 9);
  REQUIRE(e.context().match_elements<std::string>());
  CHECK(e.context().get_as<std::string>(0) == "no block");
}

TEST_CASE("CAF's own errors become the code that says the same") {
  auto code_of = [](caf::sec code) { return from_caf_error(caf::error{code}).code(); };
  CHECK(code_of(caf::sec::request_receiver_down) == errc::unavailable);
  CHECK(code_of(caf::sec::request_timeout) == errc::expired);
  CHECK(code_of(caf::sec::unexpected_message) == errc::unknown_request);
  CHECK(code_of(caf::sec::remote_lookup_failed) == errc::unavailable);
  CHECK(code_of(caf::sec::no_route_to_receiving_node) == errc::unavailable);
  CHECK(code_of(caf::sec::cannot_connect_to_node) == errc::unavailable);
  CHECK(code_of(caf::sec::runtime_error) == errc::internal);
  CHECK(code_of(caf::sec::bad_function_call) == errc::internal);
}

TEST_CASE("an exit reason and CAF's empty error mean that the worker ended") {
  auto killed = from_caf_error(caf::error{caf::exit_reason::kill});
  CHECK(killed.code() == errc::abandoned);
  CHECK(killed.message().find("kill") != std::string::npos);
  CHECK(from_caf_error(caf::error{}) == failure{errc::abandoned, "the worker ended"});
}

TEST_CASE("a code that a newer peer knows is internal, with its message") {
  caf::error newer{200, caf::atom("pillar"), caf::make_message(std::string("too many moons"))};
  CHECK(from_caf_error(newer) == failure{errc::internal, "too many moons"});
}

TEST_CASE("an error without a message says what its code means") {
  caf::error bare{9, caf::atom("pillar")};
  CHECK(from_caf_error(bare) == failure{errc::not_found, "no such key, block, file or name"});
  caf::error strange{9, caf::atom("pillar"), caf::make_message(42)};
  CHECK(from_caf_error(strange).message() == "no such key, block, file or name");
}

TEST_CASE("an error of another library is internal and keeps its text") {
  caf::error foreign{3, caf::atom("weather"), caf::make_message(std::string("rain"))};
  auto f = from_caf_error(foreign);
  CHECK(f.code() == errc::internal);
  CHECK(f.message().find("weather") != std::string::npos);
}
