#include "tests/support/kubo_daemon.hpp"
#include "tests/tools/pillar/binary_text.hpp"
#include "tests/tools/pillar/documents.hpp"
#include "tests/tools/pillar/process.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace pillar::test;
namespace fs = std::filesystem;

namespace {

/// Somebody whose commands go to a daemon.
struct kubo_user : user {
  kubo_daemon daemon;

  start_options options() const {
    return {.environment = {"PILLAR_IPFS_BACKEND=kubo", "PILLAR_IPFS_KUBO_API=" + daemon.api()}};
  }
  outcome run(std::vector<std::string> arguments, std::string_view input = {}) const {
    return pillar(std::move(arguments), input, options());
  }
  std::string text(std::vector<std::string> arguments, std::string_view input = {}) const {
    const auto left = run(std::move(arguments), input);
    CHECK(left.err == "");
    REQUIRE(left.exit == 0);
    return left.out;
  }
  void await_subscriber(const std::string& topic) const {
    while (daemon.text({"pubsub", "ls"}).find(topic) == std::string::npos) {
    }
  }
};

/// The lines that `ipfs` and `pillar ipfs` print for the same command on the same daemon.
void check_same_lines(const kubo_user& someone, std::vector<std::string> ours, std::vector<std::string> theirs) {
  ours.insert(ours.begin(), "ipfs");
  const auto shown = someone.text(ours);
  const auto expected = someone.daemon.text(theirs);
  CHECK(shown == expected + (expected.empty() ? "" : "\n"));
}

} // namespace

TEST_CASE("through a daemon commands print what ipfs prints, and need no data directory"
          * doctest::test_suite("kubo")) {
  kubo_user someone;
  someone.write("photos/a", "hello\n");
  someone.write("photos/sub/b", binary_text(300'000));
  const auto path = (someone.home() / "photos").string();
  check_same_lines(someone, {"add", "-r", path}, {"add", "-r", "--progress=false", path});
  check_same_lines(someone, {"add", "-rw", path}, {"add", "-rw", "--progress=false", path});
  check_same_lines(someone, {"add", "-rQ", "--cid-version=1", path}, {"add", "-rQ", "--cid-version=1", path});
  const auto root = someone.daemon.text({"add", "-rQ", path});
  check_same_lines(someone, {"ls", root}, {"ls", root});
  check_same_lines(someone, {"ls", "-v", root, root + "/sub"}, {"ls", "-v", root, root + "/sub"});
  check_same_lines(someone, {"ls", "-s", root}, {"ls", "-s", root});
  check_same_lines(someone, {"resolve", root + "/sub/b"}, {"resolve", root + "/sub/b"});
  check_same_lines(someone, {"pin", "add", "--name=n", root}, {"pin", "add", "--name=n", root});
  check_same_lines(someone, {"pin", "ls", "--name=n"}, {"pin", "ls", "--name=n"});
  check_same_lines(someone, {"pin", "ls", "-t=recursive", "-q", root}, {"pin", "ls", "-t=recursive", "-q", root});
  check_same_lines(someone, {"block", "stat", root}, {"block", "stat", root});
  check_same_lines(someone, {"pin", "add", "-r=false", root + "/a"}, {"pin", "add", "-r=false", root + "/a"});
  CHECK(someone.text({"ipfs", "pin", "rm", root}) == "unpinned " + root + "\n");
  CHECK(someone.text({"ipfs", "verify"}).ends_with("verify complete, all blocks validated.\n"));
  CHECK(!fs::exists(someone.data()));
}

TEST_CASE("content and archives pass through a daemon unchanged" * doctest::test_suite("kubo")) {
  kubo_user someone;
  const auto content = binary_text(3'000'000);
  auto cid = someone.text({"ipfs", "add", "-Q"}, content);
  cid.pop_back();
  CHECK((someone.run({"ipfs", "cat", cid}).out == content));
  CHECK((someone.run({"ipfs", "cat", "-o", "1000000", "-l", "7", cid}).out == content.substr(1'000'000, 7)));
  const auto archive = someone.run({"ipfs", "export", cid}).out;
  CHECK(someone.text({"ipfs", "import"}, archive) == "Pinned root\t" + cid + "\tsuccess\n");
  someone.text({"ipfs", "get", cid, "-o", "copy"});
  CHECK((someone.read("copy") == content));
  user other; // on the embedded store
  CHECK(other.says({"ipfs", "import"}, archive) == "Pinned root\t" + cid + "\tsuccess");
}

TEST_CASE("subscribe writes what publish sends, and ends with 0 at Ctrl-C" * doctest::test_suite("kubo")) {
  kubo_user someone;
  process listening({"ipfs", "subscribe", "news"}, someone.at_home(someone.options()));
  process counting({"ipfs", "subscribe", "news", "--json", "-c=2"}, someone.at_home(someone.options()));
  someone.await_subscriber("news");
  // Both are there when both have heard one.
  const auto binary = binary_text(1000);
  someone.text({"ipfs", "publish", "news", "first"});
  REQUIRE(listening.says("first"));
  REQUIRE(counting.says("\"data\":\"Zmlyc3Q=\""));
  someone.text({"ipfs", "publish", "news"}, binary);
  REQUIRE(listening.says(binary));
  const auto counted = counting.end();
  CHECK(counted.exit == 0);
  CHECK(documents(counted.out).size() == 2);
  listening.signal(SIGINT);
  const auto left = listening.end();
  CHECK(left.exit == 0);
  CHECK(left.err == "");
  CHECK((left.out == "first" + binary));
}

TEST_CASE("a daemon that is not there is told with what to do, by every command" * doctest::test_suite("kubo")) {
  user someone;
  for (auto& command : {std::vector<std::string>{"ipfs", "id"}, {"ipfs", "add", "-"}, {"ipfs", "subscribe", "news"}}) {
    auto arguments = command;
    arguments.insert(arguments.end(), {"--set", "ipfs.backend=kubo", "--set=ipfs.kubo.api=/ip4/127.0.0.1/tcp/1"});
    const auto refused = someone.pillar(arguments);
    CHECK(refused.exit == 1);
    CHECK(refused.out == "");
    CHECK(refused.err.find("/ip4/127.0.0.1/tcp/1") != std::string::npos);
  }
  CHECK(!fs::exists(someone.data()));
}

TEST_CASE("Ctrl-C ends an add through a daemon, which pins nothing of it" * doctest::test_suite("kubo")) {
  kubo_user someone;
  const auto before = someone.daemon.text({"pin", "ls", "-q"});
  process adding({"ipfs", "add"}, someone.at_home(someone.options()));
  adding.write(binary_text(5'000'000));
  adding.signal(SIGINT);
  CHECK(adding.end().exit == 130);
  CHECK(someone.daemon.text({"pin", "ls", "-q"}) == before);
}
