#include "runtime/configuration.hpp"
#include "tests/runtime/refusal.hpp"

#include <doctest/doctest.h>

using namespace pillar;
using namespace std::chrono_literals;
using test::refusal;
using texts = std::vector<std::string>;

namespace {

configuration with_notaries() {
  configuration c;
  c.read_arguments({"--plugins.notary-1.inbox=./in", "--plugins.notary-1.every=10s", "--plugins.notary-1.limit=4MiB",
                    "--plugins.notary-1.grants=ipfs.reader", "--plugins.notary-1.keep",
                    "--plugins.notary-1.mail.port=25", "--plugins.Other_2.names=a,b"});
  return c;
}

option_table notary_keys() {
  return {option::path("inbox", "./inbox", "Where files arrive."),
          option::duration("every", 1s, "How often to look.", {.minimum = 1ms}),
          option::size("limit", 1 << 20, "The largest file."),
          option::flag("keep", false, "Keep what is done."),
          option::integer("mail.port", 587, {1, 65535}, "", "Where to send."),
          option::text("title", "notary", "A title.")};
}

} // namespace

TEST_CASE("a plugin reads the free keys of its own section as the kind that it asks for") {
  const auto s = with_notaries().section("plugins.notary-1");
  CHECK(s.path("inbox") == "./in");
  CHECK(s.text("inbox") == "./in");
  CHECK(s.duration("every") == 10s);
  CHECK(s.size("limit") == 4 << 20);
  CHECK(s.flag("keep"));
  CHECK(s.integer("mail.port") == 25);
  CHECK(s.list("grants") == texts{"ipfs.reader"});
  CHECK(with_notaries().section("plugins.Other_2").list("names") == texts{"a", "b"});
  CHECK(s.prefix() == "plugins.notary-1");
}

TEST_CASE("a free key that is not set has the reader's fallback") {
  const auto s = with_notaries().section("plugins.notary-1");
  CHECK(s.text("title", "none") == "none");
  CHECK(s.path("outbox", "./out") == "./out");
  CHECK(s.duration("pause", 3s) == 3s);
  CHECK(s.size("memory", 7) == 7);
  CHECK(s.integer("count", -1) == -1);
  CHECK(s.flag("strict", true));
  CHECK(s.list("tags", {"x"}) == texts{"x"});
  CHECK(s.duration("every", 3s) == 10s);
  CHECK(!s.has("title"));
  CHECK(s.has("every"));
}

TEST_CASE("a free key that is missing or of another kind is an error that names it and its source") {
  const auto s = with_notaries().section("plugins.notary-1");
  CHECK(refusal([&] { (void)s.text("title"); })
        == "bad_request: plugins.notary-1.title is not set: set it in the configuration file or as "
           "--plugins.notary-1.title=VALUE");
  CHECK(refusal([&] { (void)s.integer("inbox"); })
        == "bad_request: command line: --plugins.notary-1.inbox: \"./in\" is not a whole number");
  CHECK(refusal([&] { (void)s.duration("limit", 1s); })
        == "bad_request: command line: --plugins.notary-1.limit: \"4MiB\" has an unknown unit: write a whole number "
           "with ns, "
           "us, ms, s, min or h, such as 30s");
}

TEST_CASE("the names below a prefix are what the sources set there") {
  const auto c = with_notaries();
  CHECK(c.names_below("plugins") == texts{"Other_2", "notary-1"});
  CHECK(c.names_below("plugins.notary-1") == texts{"every", "grants", "inbox", "keep", "limit", "mail"});
  CHECK(c.section("plugins.notary-1").keys() == texts{"every", "grants", "inbox", "keep", "limit", "mail.port"});
  CHECK(c.names_below("node").empty());
}

TEST_CASE("a section with declared keys has their defaults and kinds") {
  configuration c;
  c.read_arguments({"--plugins.n.every=2s", "--plugins.n.grants=a"});
  const auto s = c.section("plugins.n", notary_keys());
  CHECK(s.duration("every") == 2s);
  CHECK(s.path("inbox") == "./inbox");
  CHECK(s.integer("mail.port") == 587);
  CHECK(!s.flag("keep"));
  CHECK(s.list("grants") == texts{"a"});
  CHECK(refusal([&] { (void)s.text("every"); })
        == "internal: option \"plugins.n.every\" is of kind duration: it cannot be read as text");
  const auto named = with_notaries().section("plugins.Other_3", notary_keys());
  CHECK(named.text("title") == "notary");
}

TEST_CASE("a section with declared keys refuses others, and values of another kind") {
  configuration c;
  c.read_arguments({"--plugins.n.evry=2s"});
  CHECK(refusal([&] { (void)c.section("plugins.n", notary_keys()); })
        == "unsupported: command line: --plugins.n.evry is no known option: did you mean --plugins.n.every?");
  CHECK(refusal([&] { (void)c.section("plugins.m", notary_keys()); }) == "nothing");
  configuration wrong;
  wrong.read_arguments({"--plugins.n.every=0s"});
  CHECK(refusal([&] { (void)wrong.section("plugins.n", notary_keys()); })
        == "bad_request: command line: --plugins.n.every: \"0s\" is not a duration of at least 1ms");
  CHECK(refusal([&] { (void)c.section("plugins.m", {option::list("grants.more", {}, "x")}); }) == "nothing");
}

TEST_CASE("a section of declared options reads them by their shorter names") {
  const auto s = configuration().section("node");
  CHECK(s.duration("ask-timeout") == 30s);
  CHECK(s.integer("threads") == 0);
  CHECK(refusal([&] { (void)s.integer("treads"); })
        == "internal: option \"node.treads\" is asked for but not declared: the nearest declared one is "
           "\"node.threads\"");
}
