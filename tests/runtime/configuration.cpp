#include "runtime/configuration.hpp"

#include "tests/runtime/refusal.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace pillar;
using namespace std::chrono_literals;
using test::refusal;
using test::temporary_directory;

namespace {

std::filesystem::path written(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

option_table ipfs_options() {
  return {option::duration("ipfs.kubo.request-timeout", 30s, "How long the daemon may take."),
          option::flag("ipfs.offline", false, "Ask no peer."),
          option::size("ipfs.cache", 64 << 20, "Memory for blocks.", {.minimum = 1024, .maximum = 1 << 30}),
          option::list("ipfs.peers", {}, "Who to ask.")};
}

} // namespace

TEST_CASE("without any source every option has its default") {
  const configuration c;
  CHECK(c.text("node.name") == "pillar");
  CHECK(c.integer("node.threads") == 0);
  CHECK(c.integer("node.offload-threads") == 16);
  CHECK(c.integer("node.offload-queue") == 1024);
  CHECK(c.duration("node.ask-timeout") == 30s);
  CHECK(c.duration("node.start-timeout") == 30s);
  CHECK(c.duration("node.stop-timeout") == 5s);
  CHECK(c.integer("node.inbox-limit") == 10'000);
  CHECK(c.duration("supervision.backoff-min") == 100ms);
  CHECK(c.duration("supervision.backoff-max") == 10s);
  CHECK(c.integer("supervision.jitter") == 20);
  CHECK(c.integer("supervision.restarts") == 5);
  CHECK(c.duration("supervision.period") == 60s);
  CHECK(c.text("log.level") == "warning");
  CHECK(c.path("log.file").empty());
  CHECK(c.text("log.format") == "text");
  CHECK(c.list("plugins.notary.grants").empty());
  CHECK(c.source("node.name") == "default");
  CHECK(!c.has("node.name"));
  CHECK(refusal([&] { c.check_all_known(); }) == "nothing");
}

TEST_CASE("a nearer source wins, in whatever order the sources are read") {
  temporary_directory directory;
  const auto file = written(directory / "a.conf", "[node]\nname = file\n");
  const auto take = [&](configuration& c, int source) {
    switch (source) {
      case 0: c.set_default("node.name", "own default"); break;
      case 1: c.read_file(file); break;
      case 2: c.read_environment({"PILLAR_NODE_NAME=environment"}); break;
      case 3: c.read_arguments({"--node.name=arguments"}); break;
      default: c.set("node.name", "application"); break;
    }
  };
  const std::vector<std::string> values{"own default", "file", "environment", "arguments", "application"};
  const std::vector<std::string> sources{"application default", file.string() + ":2", "environment (PILLAR_NODE_NAME)",
                                         "command line", "application"};
  for (std::size_t first = 0; first < values.size(); ++first) {
    for (std::size_t second = 0; second < values.size(); ++second) {
      CAPTURE(first);
      CAPTURE(second);
      configuration c;
      take(c, static_cast<int>(first));
      take(c, static_cast<int>(second));
      const auto winner = std::max(first, second);
      CHECK(c.text("node.name") == values[winner]);
      CHECK(c.written("node.name") == values[winner]);
      CHECK(c.source("node.name") == sources[winner]);
      CHECK(c.has("node.name"));
    }
  }
}

TEST_CASE("a false flag, a zero and an empty text are values like any other") {
  configuration c({option::flag("x.flag", true, "A flag."),
                   option::integer("x.number", 5, {0, 9}, "things", "A number."), option::text("x.text", "", "A text."),
                   option::list("x.list", {"a"}, "A list."), option::duration("x.pause", 3s, "A pause."),
                   option::size("x.size", 7, "A size.")});
  c.set_default("x.text", "not empty");
  c.read_arguments({"--no-x.flag", "--x.number=0", "--x.text=", "--x.list=[]", "--x.pause=0", "--x.size=0"});
  CHECK(!c.flag("x.flag"));
  CHECK(c.integer("x.number") == 0);
  CHECK(c.text("x.text").empty());
  CHECK(c.list("x.list").empty());
  CHECK(c.duration("x.pause") == 0s);
  CHECK(c.size("x.size") == 0);
}

TEST_CASE("a copied configuration does not change with its original") {
  configuration original;
  const auto copy = original;
  original.set("node.name", "changed");
  CHECK(copy.text("node.name") == "pillar");
}

TEST_CASE("a program sets values of its own types") {
  configuration c;
  c.declare(ipfs_options());
  c.set("node.threads", 4);
  c.set("node.ask-timeout", 1500ms);
  c.set("ipfs.offline", true);
  c.set("ipfs.cache", std::size_t{4096});
  c.set("ipfs.peers", {"a, b", "c"});
  c.set("node.data", std::filesystem::path("~literal"));
  c.set("node.name", std::string("n"));
  CHECK(c.integer("node.threads") == 4);
  CHECK(c.duration("node.ask-timeout") == 1500ms);
  CHECK(c.written("node.ask-timeout") == "1500ms");
  CHECK(c.flag("ipfs.offline"));
  CHECK(c.size("ipfs.cache") == 4096);
  CHECK(c.list("ipfs.peers") == std::vector<std::string>{"a, b", "c"});
  CHECK(c.path("node.data") == "./~literal");
  CHECK(c.text("node.name") == "n");
}

TEST_CASE("a wrong value names the option, its source and what is right") {
  temporary_directory directory;
  const auto file = written(directory / "p.conf", "# first\n\n[node]\nthreads = many\n");
  configuration c;
  CHECK(refusal([&] { c.read_file(file); })
        == "bad_request: " + file.string()
               + ":4: node.threads: \"many\" is not a whole number of threads from 0 to 1024");
  CHECK(refusal([&] { c.read_environment({"PILLAR_NODE_THREADS=5000"}); })
        == "bad_request: environment: PILLAR_NODE_THREADS: \"5000\" is not a whole number of threads from 0 to 1024");
  CHECK(refusal([&] { c.read_arguments({"--node.ask-timeout", "30"}); })
        == "bad_request: command line: --node.ask-timeout: \"30\" has no unit: write a whole number with ns, us, ms, "
           "s, min "
           "or h, such as 30s");
  CHECK(
      refusal([&] { c.set("log.level", "warn"); })
      == "bad_request: application: log.level: \"warn\" is not one of trace, debug, info, warning, error, off: did you "
         "mean warning?");
  CHECK(refusal([&] { c.set_default("node.data", ""); })
        == "bad_request: application default: node.data: \"\" is empty: write a path");
  CHECK(c.integer("node.threads") == 0);
  CHECK(c.duration("node.ask-timeout") == 30s);
}

TEST_CASE("an unknown option in a complete section is refused at once, with its source and the nearest name") {
  temporary_directory directory;
  const auto file = written(directory / "p.conf", "node.treads = 4\n");
  configuration c;
  CHECK(refusal([&] { c.read_file(file); })
        == "unsupported: " + file.string() + ":1: node.treads is no known option: did you mean node.threads?");
  CHECK(refusal([&] { c.read_arguments({"--node.treads=4"}); })
        == "unsupported: command line: --node.treads is no known option: did you mean --node.threads?");
  CHECK(refusal([&] { c.read_arguments({"--log.levle"}); })
        == "unsupported: command line: --log.levle is no known option: did you mean --log.level?");
  CHECK(refusal([&] { c.read_arguments({"--name=x"}); })
        == "unsupported: command line: --name is no known option: did you mean --node.name?");
  CHECK(refusal([&] { c.set("supervision.back-off-min", 1s); })
        == "unsupported: application: supervision.back-off-min is no known option: did you mean "
           "supervision.backoff-min?");
  CHECK(refusal([&] { c.read_arguments({"--threads", "4"}); })
        == "unsupported: command line: --threads is no known option: did you mean --node.threads?");
  CHECK(refusal([&] { c.read_arguments({"--plugins.notary"}); })
        == "unsupported: command line: --plugins.notary is no known option: did you mean --plugins.notary.*?");
}

TEST_CASE("values for another section wait until their options are declared") {
  temporary_directory directory;
  const auto file = written(directory / "p.conf", "[ipfs]\ncache = 1MiB\npeers = [\"a\", \"b\"]\n");
  configuration c;
  c.read_file(file);
  c.read_environment({"PILLAR_IPFS_KUBO_REQUEST_TIMEOUT=5s"});
  c.read_arguments({"--ipfs.offline", "--ipfs.peers", "c", "--ipfs.peers=d,e"});
  CHECK(refusal([&] { c.check_all_known(); })
        == "unsupported: " + file.string() + ":2: ipfs.cache is no known option: did you mean node.name?");
  c.declare(ipfs_options());
  CHECK(refusal([&] { c.check_all_known(); }) == "nothing");
  CHECK(c.size("ipfs.cache") == 1 << 20);
  CHECK(c.duration("ipfs.kubo.request-timeout") == 5s);
  CHECK(c.flag("ipfs.offline"));
  CHECK(c.list("ipfs.peers") == std::vector<std::string>{"c", "d", "e"});
}

TEST_CASE("declaring options checks what was read for them before") {
  const auto declared_after = [](const std::string& argument) {
    configuration c;
    c.read_arguments({argument});
    return refusal([&] { c.declare(ipfs_options()); });
  };
  CHECK(declared_after("--ipfs.cache=1TiB")
        == "bad_request: command line: --ipfs.cache: \"1TiB\" is not a size from 1KiB to 1GiB");
  CHECK(declared_after("--ipfs.cache")
        == "bad_request: command line: --ipfs.cache has no value: write --ipfs.cache=VALUE, a size from 1KiB to 1GiB");
  CHECK(declared_after("--no-ipfs.cache")
        == "bad_request: command line: --no-ipfs.cache negates what is no flag: write --ipfs.cache=VALUE");

  configuration environment;
  environment.read_environment({"PILLAR_IPFS_OFFLINE=perhaps"});
  CHECK(refusal([&] { environment.declare(ipfs_options()); })
        == "bad_request: environment: PILLAR_IPFS_OFFLINE: \"perhaps\" is not true or false");
}

TEST_CASE("a refused declaration leaves the configuration as it was") {
  configuration c;
  c.read_arguments({"--ipfs.cache=oops"});
  CHECK(refusal([&] { c.declare(ipfs_options()); }) != "nothing");
  CHECK(c.options().find("ipfs.offline") == nullptr);
}

TEST_CASE("the check of all names finds what nobody declared") {
  const auto unknown = [](auto read) {
    configuration c;
    read(c);
    c.declare(ipfs_options());
    return refusal([&] { c.check_all_known(); });
  };
  CHECK(unknown([](auto& c) { c.read_arguments({"--ipfs.ofline"}); })
        == "unsupported: command line: --ipfs.ofline is no known option: did you mean --ipfs.offline?");
  CHECK(unknown([](auto& c) { c.read_arguments({"--nod.threads=4"}); })
        == "unsupported: command line: --nod.threads is no known option: did you mean --node.threads?");
  CHECK(unknown([](auto& c) { c.read_arguments({"--plugin.notary.inbox=x"}); })
        == "unsupported: command line: --plugin.notary.inbox is no known option: did you mean --plugins.notary.inbox?");
  CHECK(
      unknown([](auto& c) { c.read_arguments({"--plugin.notary.grants=x"}); })
      == "unsupported: command line: --plugin.notary.grants is no known option: did you mean --plugins.notary.grants?");
  CHECK(unknown([](auto& c) { c.read_environment({"PILLAR_IPFS_KUBO_REQUEST_TIMOUT=5s"}); })
        == "unsupported: environment: PILLAR_IPFS_KUBO_REQUEST_TIMOUT is no known variable: did you mean "
           "PILLAR_IPFS_KUBO_REQUEST_TIMEOUT?");
  CHECK(unknown([](auto& c) { c.read_environment({"PILLAR_NODE_TREADS=5"}); })
        == "unsupported: environment: PILLAR_NODE_TREADS is no known variable: did you mean PILLAR_NODE_THREADS?");
  CHECK(unknown([](auto& c) { c.set("ipfs.kubo.timeout", 5s); })
        == "unsupported: application: ipfs.kubo.timeout is no known option: did you mean ipfs.kubo.request-timeout?");
}

TEST_CASE("asking for an undeclared option or with another kind is a defect of the program") {
  const configuration c;
  CHECK(refusal([&] { (void)c.text("node.treads"); })
        == "internal: option \"node.treads\" is asked for but not declared: the nearest declared one is "
           "\"node.threads\"");
  CHECK(refusal([&] { (void)c.source("node.treads"); })
        == "internal: option \"node.treads\" is asked for but not declared: the nearest declared one is "
           "\"node.threads\"");
  CHECK(refusal([&] { (void)c.text("node.threads"); })
        == "internal: option \"node.threads\" is of kind integer: it cannot be read as text");
  CHECK(refusal([&] { (void)c.integer("node.ask-timeout"); })
        == "internal: option \"node.ask-timeout\" is of kind duration: it cannot be read as integer");
}

TEST_CASE("a variable of the environment sets the option of its name") {
  configuration c;
  c.read_environment({"PILLAR_NODE_OFFLOAD_THREADS=7", "PILLAR_LOG_LEVEL=info", "HOME=/home/x", "OTHER=1",
                      "PILLAR_PLUGINS_NOTARY_1_GRANTS=ipfs.reader,db.documents", "PILLAR_PLUGINS_NOTARY_1_INBOX=./in"});
  CHECK(c.integer("node.offload-threads") == 7);
  CHECK(c.text("log.level") == "info");
  CHECK(c.list("plugins.notary-1.grants") == std::vector<std::string>{"ipfs.reader", "db.documents"});
  CHECK(c.text("plugins.notary-1.inbox") == "./in");
  CHECK(c.source("plugins.notary-1.inbox") == "environment (PILLAR_PLUGINS_NOTARY_1_INBOX)");
  CHECK(refusal([&] { c.check_all_known(); }) == "nothing");
}

TEST_CASE("variables that are no options are ignored, and only those") {
  configuration c;
  c.read_environment(
      {"PILLAR_CONFIG=x", "PILLAR_PASSPHRASE=secret", "PILLAR_TEST_SEED=1", "PILLARS=1", "PILLAR_NOISE"});
  CHECK(refusal([&] { c.check_all_known(); }) == "nothing");
  c.read_environment({"PILLAR_CONFIGURATION=x"});
  CHECK(refusal([&] { c.check_all_known(); }).starts_with("unsupported: environment: PILLAR_CONFIGURATION"));
}

TEST_CASE("reading the environment again forgets what it held before") {
  configuration c;
  c.read_environment({"PILLAR_NODE_NAME=a"});
  c.read_environment({"HOME=/home/x"});
  CHECK(c.text("node.name") == "pillar");
}

TEST_CASE("the data directory is --data, else PILLAR_DATA, else in the user's data directory") {
  const std::vector<std::string> home{"HOME=/home/x"};
  const auto data = [](const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    auto with_no_file = environment;
    with_no_file.emplace_back("PILLAR_CONFIG=");
    return configuration::from(arguments, with_no_file).path("node.data");
  };
  CHECK(data({}, home) == "/home/x/.local/share/pillar");
  CHECK(data({}, {"HOME=/home/x", "XDG_DATA_HOME=/data"}) == "/data/pillar");
  CHECK(data({}, {"HOME=/home/x", "XDG_DATA_HOME=relative"}) == "/home/x/.local/share/pillar");
  CHECK(data({}, {"HOME=/home/x", "PILLAR_DATA=/srv/p"}) == "/srv/p");
  CHECK(data({}, {"PILLAR_NODE_DATA=/exact", "PILLAR_DATA=/short"}) == "/exact");
  CHECK(data({}, {"PILLAR_DATA=/short", "PILLAR_NODE_DATA=/exact"}) == "/exact");
  CHECK(data({"--data", "/from/arguments"}, {"PILLAR_DATA=/srv/p"}) == "/from/arguments");
  CHECK(data({"--data=~/p"}, home) == "/home/x/p");
  CHECK(data({"--node.data=~"}, home) == "/home/x");
  CHECK(data({"--node.data=$XDG_CONFIG_HOME/p"}, home) == "/home/x/.config/p");
  CHECK(data({"--node.data=relative/p"}, home) == "relative/p");
  CHECK(refusal([&] { data({"--node.data=~bob/p"}, home); })
        == "bad_request: command line: --node.data: \"~bob/p\" begins with something that is not replaced: write ~/, "
           "$XDG_DATA_HOME/ or $XDG_CONFIG_HOME/, or ./~bob/p for a name like that");
}

TEST_CASE("a relative path in a file is relative to the file") {
  temporary_directory directory;
  const auto file = written(directory / "etc/p.conf", "[node]\ndata = \"../data\"\n[log]\nfile = /var/log/p\n");
  configuration c;
  c.read_file(file);
  CHECK(c.path("node.data") == directory / "etc/../data");
  CHECK(c.path("log.file") == "/var/log/p");
}

TEST_CASE("the file is the one of --config, else of PILLAR_CONFIG, else the user's own") {
  temporary_directory directory;
  const auto a = written(directory / "a.conf", "node.name = a\n").string();
  const auto b = written(directory / "b.conf", "node.name = b\n").string();
  written(directory / "home/.config/pillar/pillar.conf", "node.name = own\n");
  written(directory / "xdg/pillar/pillar.conf", "node.name = xdg\n");
  const auto home = "HOME=" + (directory / "home").string();
  const auto name = [](const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    return configuration::from(arguments, environment).text("node.name");
  };
  CHECK(name({"--config", a}, {home, "PILLAR_CONFIG=" + b}) == "a");
  CHECK(name({"--config=" + a}, {home}) == "a");
  CHECK(name({"--config="}, {home, "PILLAR_CONFIG=" + b}) == "pillar");
  CHECK(name({}, {home, "PILLAR_CONFIG=" + b}) == "b");
  CHECK(name({}, {home, "PILLAR_CONFIG="}) == "pillar");
  CHECK(name({}, {home}) == "own");
  CHECK(name({}, {home, "XDG_CONFIG_HOME=" + (directory / "xdg").string()}) == "xdg");
  CHECK(name({}, {"HOME=" + (directory / "nobody").string()}) == "pillar");
  CHECK(refusal([&] { name({"--config=" + a, "--config=" + b}, {home}); })
        == "bad_request: command line: --config is given twice: give one file");
  const auto missing = (directory / "missing.conf").string();
  CHECK(refusal([&] { name({"--config=" + missing}, {home}); })
        == "not_found: cannot read the configuration file " + missing + ": No such file or directory");
  CHECK(refusal([&] { name({}, {"PILLAR_CONFIG=" + missing}); })
        == "not_found: cannot read the configuration file " + missing + ": No such file or directory");
}

TEST_CASE("a program's own table is complete as the runtime's is") {
  auto table = runtime_options();
  table.add({option::integer("game.players", 2, {1, 8}, "players", "How many play.")});
  const char* argv[] = {"game", "--game.players=3", "--config="};
  CHECK(configuration::from(3, argv, table).integer("game.players") == 3);
  const char* wrong[] = {"game", "--game.player=3", "--config="};
  CHECK(refusal([&] { configuration::from(3, wrong, table); })
        == "unsupported: command line: --game.player is no known option: did you mean --game.players?");
  CHECK(configuration::from(0, nullptr, table).integer("game.players") == 2);
}

TEST_CASE("an option without a section, or in that of test programs, cannot be declared") {
  configuration c;
  CHECK(refusal([&] { c.declare({option::flag("verbose", false, "Talk.")}); })
        == "internal: option \"verbose\" is in no section: declare it as section.name");
  CHECK(refusal([&] { c.declare({option::flag("test.fast", false, "Hurry.")}); })
        == "internal: option \"test.fast\" is in the section test, whose variables are ignored: choose another");
}
