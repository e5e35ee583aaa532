#include "runtime/configuration.hpp"
#include "tests/runtime/refusal.hpp"

#include <doctest/doctest.h>

using namespace pillar;
using namespace std::chrono_literals;
using test::refusal;
using texts = std::vector<std::string>;

namespace {

option_table some_options() {
  auto table = runtime_options();
  return table.add({option::flag("x.fast", false, "Hurry."), option::list("x.names", {"default"}, "Names.")});
}

std::string refused(const texts& arguments) {
  return refusal([&] { configuration(some_options()).read_arguments(arguments); });
}

} // namespace

TEST_CASE("an argument holds its value behind = or in the next argument") {
  configuration c(some_options());
  CHECK(c.read_arguments({"--node.name=a=b", "--node.threads", "3", "--log.file", "-"}).empty());
  CHECK(c.text("node.name") == "a=b");
  CHECK(c.integer("node.threads") == 3);
  CHECK(c.path("log.file") == "-");
  c.read_arguments({"--node.name=--x"});
  CHECK(c.text("node.name") == "--x");
}

TEST_CASE("a flag is set by its name and cleared by no-") {
  configuration c(some_options());
  CHECK(c.read_arguments({"--x.fast", "file"}) == texts{"file"});
  CHECK(c.flag("x.fast"));
  c.read_arguments({"--no-x.fast"});
  CHECK(!c.flag("x.fast"));
  c.read_arguments({"--x.fast=yes"});
  CHECK(c.flag("x.fast"));
}

TEST_CASE("the last of several values counts, and lists add up") {
  configuration c(some_options());
  c.read_arguments({"--node.name=a", "--x.names=one,two", "--node.name=b", "--x.names", "[\"three, and\", four]"});
  CHECK(c.text("node.name") == "b");
  CHECK(c.list("x.names") == texts{"one", "two", "three, and", "four"});
}

TEST_CASE("what is no option is given back in order") {
  configuration c(some_options());
  CHECK(c.read_arguments({"add", "--node.name", "n", "file", "-", "--", "--node.name", "-x", "--"})
        == texts{"add", "file", "-", "--node.name", "-x", "--"});
  CHECK(c.text("node.name") == "n");
}

TEST_CASE("a malformed argument is refused with what to write instead") {
  CHECK(refused({"-v"})
        == "bad_request: command line: -v is no known option: options begin with --, and --help lists them");
  CHECK(refused({"--node.name"})
        == "bad_request: command line: --node.name has no value: write --node.name=VALUE, a text");
  CHECK(refused({"--node.threads", "--x.fast"})
        == "bad_request: command line: --node.threads has no value: write --node.threads=VALUE, a whole number of "
           "threads "
           "from 0 to 1024");
  CHECK(refused({"--no-node.threads"})
        == "bad_request: command line: --no-node.threads negates what is no flag: write --node.threads=VALUE");
  CHECK(refused({"--no-x.fast=1"}) == "bad_request: command line: --no-x.fast=1 has a value: write --no-x.fast alone");
  CHECK(refused({"--config"}) == "bad_request: command line: --config has no value: write --config=FILE");
  CHECK(refused({"--=x"}).starts_with("unsupported: command line: -- is no known option"));
  CHECK(refused({"--x.fast=maybe"}) == "bad_request: command line: --x.fast: \"maybe\" is not true or false");
}

TEST_CASE("a program that takes options only refuses other arguments") {
  CHECK(refusal([] { configuration::from(texts{"--node.name=n", "extra"}, texts{"PILLAR_CONFIG="}); })
        == "bad_request: command line: unexpected argument \"extra\": options begin with --, and --help lists them");
}

TEST_CASE("a flag that is declared later refuses a value given as the next argument") {
  configuration c;
  CHECK(c.read_arguments({"--late.flag", "value"}).empty());
  CHECK(refusal([&] { c.declare({option::flag("late.flag", false, "Late.")}); })
        == "bad_request: command line: --late.flag is a flag, which takes no separate value: write --late.flag, "
           "--no-late.flag or --late.flag=false");
  configuration good;
  good.read_arguments({"--late.flag", "--no-late.other", "--late.third=off"});
  good.declare({option::flag("late.flag", false, "Late."), option::flag("late.other", true, "Late."),
                option::flag("late.third", true, "Late.")});
  CHECK(good.flag("late.flag"));
  CHECK(!good.flag("late.other"));
  CHECK(!good.flag("late.third"));
}

TEST_CASE("help is seen before anything else can be wrong") {
  for (const auto& arguments :
       {texts{"--help"}, texts{"-h"}, texts{"--bogus", "--help"}, texts{"--config=/missing", "-h"}}) {
    const auto c = configuration::from(arguments, {"PILLAR_BOGUS=1", "PILLAR_NODE_THREADS=x"});
    CHECK(c.help_requested());
  }
  configuration c;
  CHECK(c.read_arguments({"--", "--help"}) == texts{"--help"});
  CHECK(!c.help_requested());
}

TEST_CASE("help lists every option declared so far with kind, unit, default, bounds and meaning") {
  configuration c;
  c.declare({option::flag("x.fast", true, "Hurry."), option::size("x.cache", 64 << 20, "Memory.", {.maximum = 1 << 30}),
             option::list("x.names", {"a", "b c"}, "Names.")});
  const auto help = c.help_text();
  for (const auto& o : c.options()) CHECK(help.find("  --" + o.name) != std::string::npos);
  for (const auto* part : {
           "--config=FILE",
           "--help, -h",
           "\nnode:\n  --node.name=TEXT\n      The name of this node in logs and in its cluster. Default: pillar.\n",
           "  --node.data=PATH, --data=PATH\n",
           "  --node.offload-threads=NUMBER\n      Threads of the pool that runs blocking work. Default: 16 threads; "
           "from 1 "
           "to 1024.\n",
           "  --node.stop-timeout=DURATION\n      How long each phase of the stop may take. Default: 5s; from 1ms to "
           "24h.\n",
           "  --log.level=trace|debug|info|warning|error|off\n",
           "  --plugins.*.grants=TEXT,...\n",
           "\nx:\n  --x.fast, --no-x.fast\n      Hurry. Default: true.\n",
           "  --x.cache=SIZE\n      Memory. Default: 64MiB; at most 1GiB.\n",
           "  --x.names=TEXT,...\n      Names. Default: [\"a\", \"b c\"].\n",
       }) {
    CAPTURE(part);
    CHECK(help.find(part) != std::string::npos);
  }
  for (std::size_t at = 0; at < help.size(); at = help.find('\n', at) + 1) CHECK(help.find('\n', at) - at <= 106);
}
