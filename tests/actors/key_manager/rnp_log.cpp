#include "actors/key_manager/rnp_log.hpp"
#include "tests/actors/key_manager/keys.hpp"
#include "tests/support/bytes.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <functional>

#include <unistd.h>

using namespace pillar;
using namespace pillar::test::literals;

namespace {

/// What arrives at the process's standard error meanwhile.
std::string written_to_stderr(const std::function<void()>& action) {
  auto to = std::tmpfile();
  REQUIRE(to != nullptr);
  std::fflush(stderr);
  int saved = ::dup(2);
  ::dup2(::fileno(to), 2);
  action();
  std::fflush(stderr);
  ::dup2(saved, 2);
  ::close(saved);
  std::rewind(to);
  char text[4'096];
  auto size = std::fread(text, 1, sizeof text, to);
  std::fclose(to);
  return {text, size};
}

} // namespace

TEST_CASE("RNP writes nothing to standard error, and everybody else still can") {
  auto keys = test::new_keyring();
  auto written = written_to_stderr([&] {
    auto signature = keys.sign("a message"_bytes).value().data;
    CHECK(!keys.verify("a massage"_bytes, signature));
    CHECK(!keys.verify("a message"_bytes, test::new_keyring().sign("a message"_bytes).value().data));
    signature.resize(60);
    CHECK(!keys.verify("a message"_bytes, signature));
    CHECK_THROWS(key_manager::rnp_keyring::load("garbage"_bytes, test::random_passphrase()));
    CHECK_THROWS(key_manager::rnp_keyring::load(keys.protected_secret(), test::random_passphrase('2')));
    std::fprintf(stderr, "somebody %s\n", "else");
  });
  CHECK(written == "somebody else\n");
}
