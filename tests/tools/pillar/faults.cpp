#include "tests/tools/pillar/binary_text.hpp"
#include "tests/tools/pillar/documents.hpp"
#include "tests/tools/pillar/process.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace pillar::test;
namespace fs = std::filesystem;

namespace {

struct opened {
  int number;
  explicit opened(int n) : number(n) { REQUIRE(n >= 0); }
  ~opened() { ::close(number); }
};

} // namespace

TEST_CASE("a data directory in use is told with its holder") {
  user someone;
  process holder({"start", "--node.name=first"}, someone.at_home());
  REQUIRE(holder.says("Ctrl-C"));
  for (auto& command : {std::vector<std::string>{"db", "ls"}, {"ipfs", "id"}, {"key", "show"}, {"start"}}) {
    const auto refused = someone.pillar(command);
    CHECK(refused.exit == 5);
    CHECK(refused.out == "");
    CHECK(refused.err.starts_with("pillar: the data directory " + someone.data().string() + " is in use by process "));
    CHECK(refused.err.find(", node first: stop that node, ") != std::string::npos);
  }
  const auto document = boost::json::parse(someone.pillar({"--json", "db", "ls"}).err);
  CHECK(text_at(document, "error") == "in_use");
  CHECK(document.at("exit") == 5);
  holder.signal(SIGTERM);
  CHECK(holder.end().exit == 0);
  CHECK(someone.pillar({"db", "ls"}).exit == 0);
}

TEST_CASE("a command that only reads makes no data directory") {
  user someone;
  for (auto& command : {std::vector<std::string>{"db", "get", "key"},
                        {"db", "ls"},
                        {"db", "rm", "key"},
                        {"ipfs", "cat", "x"},
                        {"ipfs", "get", "x"},
                        {"ipfs", "stat", "x"},
                        {"ipfs", "ls", "x"},
                        {"ipfs", "resolve", "x"},
                        {"ipfs", "pin", "ls"},
                        {"ipfs", "gc"},
                        {"ipfs", "verify"},
                        {"ipfs", "export", "x"},
                        {"ipfs", "block", "get", "x"},
                        {"ipfs", "repo", "stat"}}) {
    auto arguments = command;
    arguments.insert(arguments.end(), {"--data", "typo"});
    const auto refused = someone.pillar(arguments);
    CHECK(refused.exit == 4);
    CHECK(refused.err
          == "pillar: there is no data directory typo: name it with --data, or make it by storing something or by "
             "`pillar start`\n");
  }
  CHECK(fs::is_empty(someone.home()));
}

TEST_CASE("a data directory that cannot be made or written is told, and what is in it stays") {
  user someone;
  someone.says({"db", "put", "key", "value"});
  fs::permissions(someone.data(), fs::perms::owner_read | fs::perms::owner_exec);
  fs::permissions(someone.data() / "lock", fs::perms::owner_read);
  for (auto& command : {std::vector<std::string>{"db", "put", "key", "other"}, {"ipfs", "id"}, {"start"}}) {
    const auto refused = someone.pillar(command, "", {.without_root_rights = true});
    CHECK(refused.exit == 8);
    CHECK(refused.err == "pillar: cannot open " + (someone.data() / "lock").string() + ": Permission denied\n");
  }
  fs::permissions(someone.data(), fs::perms::owner_all);
  fs::permissions(someone.data() / "lock", fs::perms::owner_read | fs::perms::owner_write);
  CHECK(someone.pillar({"db", "get", "key"}).out == "value");

  someone.write("file", "");
  const auto refused = someone.pillar({"db", "put", "key", "value", "--data", "file"});
  CHECK(refused.exit == 4);
  CHECK(refused.err == "pillar: cannot create the data directory file: Not a directory\n");
}

TEST_CASE("output that cannot be written is an error") {
  user someone;
  const opened full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const auto cid = someone.says({"ipfs", "add", "-Q", "-"}, binary_text(500'000));
  someone.says({"db", "put", "key", "value"});
  for (auto& command : {std::vector<std::string>{"ipfs", "cat", cid},
                        {"db", "get", "key"},
                        {"db", "ls"},
                        {"key", "show"},
                        {"describe"},
                        {"--help"},
                        {"--version"},
                        {"start"}}) {
    const auto failed = someone.pillar(command, "", {.out = full.number});
    CHECK(failed.exit == 8);
    CHECK(failed.err == "pillar: cannot write to standard output: No space left on device\n");
    const auto closed = someone.pillar(command, "", {.out = -1});
    CHECK(closed.exit == 1);
    CHECK(closed.err == "pillar: cannot write to standard output: Bad file descriptor\n");
  }
  CHECK(someone.pillar({"db", "get", "key"}).out == "value");
}

TEST_CASE("standard input that cannot be read is an error") {
  user someone;
  for (auto& command : {std::vector<std::string>{"ipfs", "add", "-"},
                        {"ipfs", "add"},
                        {"ipfs", "import"},
                        {"ipfs", "block", "put"},
                        {"ipfs", "publish", "topic"},
                        {"db", "put", "key", "-"},
                        {"key", "sign", "-"}}) {
    const auto failed = someone.pillar(command, "", {.in = -1});
    CHECK(failed.exit == 1);
    CHECK(failed.err == "pillar: cannot read standard input: Bad file descriptor\n");
  }
  const auto twice = someone.pillar({"ipfs", "add", "-", "-"});
  CHECK(twice.exit == 2);
  CHECK(twice.err == "pillar: \"-\" is given twice: standard input can be read only once\n");
}

TEST_CASE("a reader that goes away ends the program without a word") {
  user someone;
  const auto cid = someone.says({"ipfs", "add", "-Q", "-"}, binary_text(2'000'000));
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  ::close(ends[0]);
  const opened nobody_reads(ends[1]);
  someone.write("tree/file", "");
  for (auto& command : {std::vector<std::string>{"ipfs", "cat", cid},
                        {"ipfs", "export", cid},
                        {"ipfs", "ls", someone.says({"ipfs", "add", "-rQ", "tree"})},
                        {"ipfs", "add", "-r", "tree"},
                        {"ipfs", "pin", "ls"},
                        {"ipfs", "id"},
                        {"describe"},
                        {"--help"}}) {
    const auto left = someone.pillar(command, "", {.out = nobody_reads.number});
    CHECK(left.exit == 141);
    CHECK(left.err == "");
  }
}

TEST_CASE("damaged content is told and not written") {
  user someone;
  const auto cid = someone.says({"ipfs", "add", "-Q", "-"}, "a content that will be damaged");
  for (auto& file : fs::recursive_directory_iterator(someone.data() / "ipfs" / "segments")) {
    auto segment = someone.read(fs::relative(file.path(), someone.home()));
    const auto at = segment.find("will be damaged");
    if (at == std::string::npos) continue;
    segment[at] = 'W';
    someone.write(fs::relative(file.path(), someone.home()), segment);
  }
  const auto refused = someone.pillar({"ipfs", "cat", cid});
  CHECK(refused.exit == 9);
  CHECK(refused.out == "");
  CHECK(refused.err.find(cid) != std::string::npos);
}

TEST_CASE("what had to be repaired is noted on standard error") {
  user someone;
  const auto cid = someone.says({"ipfs", "add", "-Q", "-"}, "content");
  for (auto& file : fs::directory_iterator(someone.data() / "ipfs" / "segments"))
    std::ofstream(file.path(), std::ios::app) << "the torn end of a write";
  const auto text = someone.pillar({"ipfs", "stat", cid});
  CHECK(text.exit == 0);
  CHECK(text.out.starts_with("cid "));
  CHECK(text.err.starts_with("pillar: note: "));
  CHECK(someone.pillar({"ipfs", "cat", cid}).err == "");
}

TEST_CASE("a DB file of something else is refused and kept") {
  user someone;
  const auto file = fs::path(".local/share/pillar/db/documents.sqlite");
  someone.write(file, "this is no database, but somebody's text, longer than a header of a hundred bytes would be. "
                          + std::string(100, '.'));
  const auto before = someone.read(file);
  const auto refused = someone.pillar({"db", "ls"});
  CHECK(refused.exit != 0);
  CHECK(refused.err.find("documents.sqlite") != std::string::npos);
  CHECK(someone.read(file) == before);
}

TEST_CASE("Ctrl-C ends ipfs add with 130, and nothing of what was begun is pinned or left over") {
  user someone;
  for (int signal : {SIGINT, SIGTERM}) {
    process adding({"ipfs", "add", "-"}, someone.at_home());
    adding.write(binary_text(3'000'000)); // more than pipe and first piece hold: it reads, and has sent some
    adding.signal(signal);
    REQUIRE(adding.has_taken_signals()); // else the end of its input may come first
    const auto left = adding.end();
    CHECK(left.exit == 130);
    CHECK(left.out == "");
    CHECK(left.err == "");
    CHECK(someone.pillar({"ipfs", "pin", "ls"}).out == ""); // it may note that it takes in what was written
    someone.says({"ipfs", "gc"});
    CHECK(someone.says({"ipfs", "repo", "stat"}).starts_with("NumObjects: 0\n"));
  }
}

TEST_CASE("Ctrl-C ends ipfs cat while nobody reads what it writes, and the store is as it was") {
  user someone;
  const auto content = binary_text(3'000'000);
  const auto cid = someone.says({"ipfs", "add", "-Q", "--cid-version=1"}, content);
  process reading({"ipfs", "cat", cid}, someone.at_home());
  REQUIRE(reading.says(content.substr(0, 1000))); // it writes
  reading.signal(SIGINT);
  reading.signal(SIGINT); // the first only counts when it can write again
  CHECK(reading.end().exit == 130);
  CHECK((someone.pillar({"ipfs", "cat", cid}).out == content));
}

TEST_CASE("what ipfs import reads from standard input is gone when it ends, killed or not") {
  user someone;
  someone.says({"ipfs", "id"});
  const auto before = std::distance(fs::recursive_directory_iterator(someone.data()), {});
  for (int signal : {SIGINT, SIGKILL}) {
    process importing({"ipfs", "import"}, someone.at_home());
    importing.write(std::string(1'000'000, 'x')); // more than the pipe holds: it reads
    importing.signal(signal);
    CHECK(importing.end().exit == (signal == SIGINT ? 130 : -SIGKILL));
    someone.says({"ipfs", "id"}); // what a killed store left is put right
    CHECK(std::distance(fs::recursive_directory_iterator(someone.data()), {}) == before);
  }
}
