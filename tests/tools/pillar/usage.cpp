#include "tests/tools/pillar/process.hpp"

#include <doctest/doctest.h>

using namespace pillar::test;

namespace {

/// What a wrong command line is told, without "pillar: " and the line's end.
std::string refusal(const user& someone, std::vector<std::string> arguments, start_options options = {}) {
  const auto left = someone.pillar(std::move(arguments), "", std::move(options));
  CHECK(left.exit == 2);
  CHECK(left.out == "");
  REQUIRE(left.err.starts_with("pillar: "));
  CHECK(left.err.find('\n') == left.err.size() - 1);
  return left.err.substr(8, left.err.size() - 9);
}

} // namespace

TEST_CASE("a command line without a command lists those there are") {
  user someone;
  CHECK(refusal(someone, {})
        == "`pillar` needs a command: start, ipfs, db, key, describe, version: see `pillar --help`");
  CHECK(refusal(someone, {"ipfs"})
        == "`pillar ipfs` needs a command: add, cat, get, ls, stat, resolve, pin, gc, verify, export, import, block, "
           "repo, publish, subscribe, id: see `pillar ipfs --help`");
  CHECK(refusal(someone, {"ipfs", "pin"})
        == "`pillar ipfs pin` needs a command: add, rm, ls: see `pillar ipfs pin --help`");
}

TEST_CASE("a mistyped command is answered with the nearest one") {
  user someone;
  CHECK(refusal(someone, {"ipsf", "add"})
        == "there is no command `pillar ipsf`: did you mean `pillar ipfs`? see `pillar --help`");
  CHECK(
      refusal(someone, {"ipfs", "pin", "lst"})
      == "there is no command `pillar ipfs pin lst`: did you mean `pillar ipfs pin ls`? see `pillar ipfs pin --help`");
  CHECK(refusal(someone, {"db", "remove", "x"}) == "there is no command `pillar db remove`: see `pillar db --help`");
}

TEST_CASE("a mistyped option is told before what it leaves missing") {
  user someone;
  CHECK(refusal(someone, {"ipfs", "add", "--quite", "file"})
        == "ipfs add: there is no option --quite: did you mean --quiet? see `pillar ipfs add --help`");
  CHECK(refusal(someone, {"db", "get", "--spcae=x"})
        == "db get: there is no option --spcae: did you mean --space? see `pillar db get --help`");
  CHECK(refusal(someone, {"--foo", "version"}) == "there is no option --foo: see `pillar --help`");
}

TEST_CASE("arguments that are missing or too many are told") {
  user someone;
  CHECK(refusal(someone, {"ipfs", "cat"}) == "ipfs cat: PATH is required: see `pillar ipfs cat --help`");
  CHECK(refusal(someone, {"db", "put", "key"}) == "db put: VALUE is required: see `pillar db put --help`");
  CHECK(refusal(someone, {"db", "get", "a", "b"})
        == "db get: one argument too many, \"b\": see `pillar db get --help`");
  CHECK(refusal(someone, {"version", "[x]"}) == "version: one argument too many, \"[x]\": see `pillar version --help`");
}

TEST_CASE("values that are missing or no numbers are told") {
  user someone;
  CHECK(refusal(someone, {"db", "ls", "--data"}) == "db ls: --data needs a value: see `pillar db ls --help`");
  CHECK(refusal(someone, {"db", "get", "--data=", "key"}) == "--data= has no value: write --data=VALUE");
  for (auto* number : {"-1", "abc", "1k", "18446744073709551616"})
    CHECK(refusal(someone, {"ipfs", "cat", "--offset", number, "x"})
          == std::string("ipfs cat: --offset: \"") + number
                 + "\" is no whole number from 0 to 2^64-1: see `pillar ipfs cat --help`");
}

TEST_CASE("options of the configuration are for start, and others are told where they go") {
  user someone;
  CHECK(refusal(someone, {"--ipfs.workers=2", "ipfs", "id"})
        == "--ipfs.workers stands before the command: options of the configuration follow `pillar start`; to other "
           "commands give --set ipfs.workers=VALUE, or set PILLAR_IPFS_WORKERS");
  CHECK(refusal(someone, {"start", "--node.thread=2"})
        == "command line: --node.thread is no known option: did you mean --node.threads?");
  CHECK(refusal(someone, {"start", "now"}).starts_with("command line: unexpected argument \"now\": "));
}

TEST_CASE("--set gives any command options of the configuration, anywhere, and several times") {
  user someone;
  CHECK(refusal(someone, {"db", "ls", "--set", "node.threads=many"})
        == "command line: --node.threads: \"many\" is not a whole number of threads from 0 to 1024");
  CHECK(refusal(someone, {"--set", "ipfs.worker=2", "ipfs", "id"})
        == "command line: --ipfs.worker is no known option: did you mean --ipfs.workers?");
  CHECK(refusal(someone, {"ipfs", "--set=node.threads", "id"})
        == "--set node.threads sets nothing: write --set NAME=VALUE");
  someone.says({"--set", "node.threads=1", "db", "--set=node.name=a=b", "put", "--set", "node.data=named", "key", "x"});
  CHECK(someone.says({"db", "ls", "--data", "named"}) == "key");
}

TEST_CASE("a wrong configuration is told with its place by every command") {
  user someone;
  someone.write("wrong.conf", "[node]\nthreads = many\n");
  someone.write("unknown.conf", "[ipfs]\nworker = 3\n");
  CHECK(refusal(someone, {"db", "ls", "--config", "wrong.conf"})
        == "wrong.conf:2: node.threads: \"many\" is not a whole number of threads from 0 to 1024");
  CHECK(refusal(someone, {"--config=unknown.conf", "db", "ls"})
        == "unknown.conf:2: ipfs.worker is no known option: did you mean ipfs.workers?");
  CHECK(refusal(someone, {"--config=unknown.conf", "start"})
        == "unknown.conf:2: ipfs.worker is no known option: did you mean ipfs.workers?");
  CHECK(
      refusal(someone, {"db", "ls", "--config=none.conf"}).starts_with("cannot read the configuration file none.conf"));
  CHECK(refusal(someone, {"db", "ls"}, {.environment = {"PILLAR_NODE_THREADS=many"}})
            .starts_with("environment: PILLAR_NODE_THREADS: "));
}

TEST_CASE("the data directory is --data, else PILLAR_DATA, else the configuration's, else XDG's") {
  user someone;
  someone.write("pillar.conf", "[node]\ndata = configured\n");
  const auto key_in = [&](const std::string& directory) {
    return someone.pillar({"db", "ls", "--data", directory}).out;
  };
  const auto put = [&](std::string key, std::vector<std::string> more, std::vector<std::string> environment) {
    more.insert(more.begin(), {"db", "put", std::move(key), "x"});
    CHECK(someone.pillar(more, "", {.environment = std::move(environment)}).exit == 0);
  };
  put("by-argument", {"--data", "named", "--config=pillar.conf"}, {"PILLAR_DATA=variable"});
  put("by-variable", {"--config=pillar.conf"}, {"PILLAR_DATA=variable"});
  put("by-file", {}, {"PILLAR_CONFIG=pillar.conf"});
  put("by-xdg", {}, {"XDG_DATA_HOME=" + (someone.home() / "xdg").string()});
  put("by-default", {}, {});
  CHECK(key_in("named") == "by-argument\n");
  CHECK(key_in("variable") == "by-variable\n");
  CHECK(key_in("configured") == "by-file\n");
  CHECK(key_in("xdg/pillar") == "by-xdg\n");
  CHECK(key_in(".local/share/pillar") == "by-default\n");
}

TEST_CASE("every command explains itself with an example") {
  user someone;
  const std::vector<std::vector<std::string>> commands{{"start"},
                                                       {"ipfs", "add"},
                                                       {"ipfs", "cat"},
                                                       {"ipfs", "get"},
                                                       {"ipfs", "ls"},
                                                       {"ipfs", "stat"},
                                                       {"ipfs", "resolve"},
                                                       {"ipfs", "pin", "add"},
                                                       {"ipfs", "pin", "rm"},
                                                       {"ipfs", "pin", "ls"},
                                                       {"ipfs", "gc"},
                                                       {"ipfs", "verify"},
                                                       {"ipfs", "export"},
                                                       {"ipfs", "import"},
                                                       {"ipfs", "block", "put"},
                                                       {"ipfs", "block", "get"},
                                                       {"ipfs", "block", "stat"},
                                                       {"ipfs", "block", "rm"},
                                                       {"ipfs", "repo", "stat"},
                                                       {"ipfs", "publish"},
                                                       {"ipfs", "subscribe"},
                                                       {"ipfs", "id"},
                                                       {"db", "get"},
                                                       {"db", "put"},
                                                       {"db", "rm"},
                                                       {"db", "ls"},
                                                       {"key", "show"},
                                                       {"key", "sign"},
                                                       {"key", "verify"},
                                                       {"describe"},
                                                       {"version"}};
  for (auto command : commands) {
    std::string name = "pillar";
    for (auto& word : command) name += " " + word;
    CAPTURE(name);
    command.push_back("--help");
    const auto help = someone.says(command);
    CHECK(help.find("Usage: " + name + " ") != std::string::npos);
    CHECK(help.find("Example") != std::string::npos);
    CHECK(help.find("\n  " + name) != std::string::npos);
    CHECK(help.find("--json") != std::string::npos);
  }
}

TEST_CASE("help documents exit codes, groups and the options of the configuration") {
  user someone;
  const auto help = someone.says({"--help"});
  CHECK(help.find("\n    5  another process holds the data directory\n") != std::string::npos);
  CHECK(help.find("\n  141  ") != std::string::npos);
  CHECK(someone.says({"db", "-h"}).find("Lists the keys of the documents") != std::string::npos);
  const auto start = someone.says({"start", "--help"});
  for (auto* option : {"--node.threads=NUMBER", "--ipfs.workers=NUMBER", "--key-manager.passphrase-file=PATH"})
    CHECK(start.find(option) != std::string::npos);
}
