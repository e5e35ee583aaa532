#include "tests/tools/pillar/documents.hpp"
#include "tests/tools/pillar/process.hpp"

#include <boost/json/array.hpp>
#include <doctest/doctest.h>

#include <csignal>

#include <fcntl.h>
#include <unistd.h>

using namespace pillar::test;
namespace json = boost::json;

TEST_CASE("start serves until SIGINT or SIGTERM, and ends with 0") {
  user someone;
  for (int signal : {SIGINT, SIGTERM}) {
    process node({"start"}, someone.at_home());
    REQUIRE(
        node.says("node pillar serves db, ipfs, key_manager from " + someone.data().string() + "; Ctrl-C stops it\n"));
    node.signal(signal);
    const auto left = node.end();
    CHECK(left.exit == 0);
    CHECK(left.err == "");
  }
}

TEST_CASE("start takes the options of the configuration, before and after the common ones") {
  user someone;
  process node({"--data", "elsewhere", "start", "--node.name", "first", "--log.level=info", "--node.threads=1"},
               someone.at_home());
  REQUIRE(node.says("node first serves "));
  REQUIRE(node.says("from elsewhere; "));
  node.signal(SIGINT);
  const auto left = node.end();
  CHECK(left.exit == 0);
  CHECK(left.err.find(" started") != std::string::npos);
  CHECK(left.err.find(" stopped") != std::string::npos);
}

TEST_CASE("start --json says in one document that the node serves") {
  user someone;
  for (auto& arguments : {std::vector<std::string>{"start", "--json"}, {"--json", "start"}}) {
    process node(arguments, someone.at_home());
    REQUIRE(node.says("}\n"));
    node.signal(SIGINT);
    const auto left = node.end();
    const auto started = json::parse(left.out);
    CHECK(text_at(started, "event") == "started");
    CHECK(text_at(started, "node") == "pillar");
    CHECK(text_at(started, "data") == someone.data().string());
    CHECK(started.at("services") == json::array{"db", "ipfs", "key_manager"});
  }
}

TEST_CASE("what commands stored is there for a node, and the other way round") {
  user someone;
  const auto fingerprint = someone.says({"key", "show", "-f"});
  someone.says({"db", "put", "key", "value"});
  process node({"start"}, someone.at_home());
  REQUIRE(node.says("Ctrl-C"));
  node.signal(SIGINT);
  CHECK(node.end().exit == 0);
  CHECK(someone.says({"key", "show", "-f"}) == fingerprint);
  CHECK(someone.says({"db", "get", "key"}) == "value");
}

TEST_CASE("a killed node leaves a data directory that can be used at once") {
  user someone;
  process node({"start"}, someone.at_home());
  REQUIRE(node.says("Ctrl-C"));
  node.signal(SIGKILL);
  CHECK(node.end().exit == -SIGKILL);
  CHECK(someone.says({"db", "ls"}) == "");
}

TEST_CASE("a second SIGINT ends a node at once that cannot get on") {
  user someone;
  // It hangs while it says that it serves: nobody reads, and the pipe is full.
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
  while (::write(ends[1], "x", 1) == 1) {
  }
  ::fcntl(ends[1], F_SETFL, 0);
  process node({"start", "--log.level=info"}, someone.at_home({.out = ends[1]}));
  REQUIRE(node.says(" started"));
  node.signal(SIGINT);
  REQUIRE(node.has_taken_signals());
  node.signal(SIGINT);
  CHECK(node.end().exit == 130);
  ::close(ends[0]), ::close(ends[1]);
}

TEST_CASE("a node that cannot start says why") {
  user someone;
  someone.write("file", "");
  const auto refused = someone.pillar({"start", "--log.file=file/log"});
  CHECK(refused.exit != 0);
  CHECK(refused.out == "");
  CHECK(refused.err.find("file/log") != std::string::npos);
}
