/// The program as a user meets it.
#include "tests/tools/notary/lab.hpp"
#include "tests/tools/notary/program.hpp"

#include <csignal>

using namespace pillar;
using test::demo_program;
using test::write_file;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// A directory with a few files, and a place for what the program makes.
struct place {
  test::temporary_directory all;
  std::string inbox = all / "inbox", temporary = all / "tmp";

  place() {
    std::filesystem::create_directories(inbox);
    std::filesystem::create_directories(temporary);
    write_file(inbox + "/read me.txt", "Some text that is long enough to be found among the blocks.\n");
    write_file(inbox + "/src/a.cpp", "int main() {}\n");
    write_file(inbox + "/empty", "");
  }

  struct outcome {
    int code;
    std::string output;
  };
  outcome run(std::vector<std::string> arguments) {
    demo_program program(arguments, temporary);
    auto code = program.wait();
    INFO(program.output());
    return {code, program.output()};
  }
  std::size_t made() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(temporary), std::filesystem::directory_iterator()));
  }
};

} // namespace

TEST_CASE("the demo records, restarts, verifies, and notices a spoilt block") {
  place p;
  auto [code, output] = p.run({p.inbox});
  INFO(output);
  CHECK(code == 0);
  CHECK(contains(output, "3 files recorded"));
  CHECK(contains(output, "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH")); // the empty file
  CHECK(contains(output, "3 of 3 entries verified"));
  CHECK(contains(output, "in the content of read me.txt"));
  CHECK(contains(output, "Detected: read me.txt (QmU31kphVAchpx9LwBW8FkKyHG3SwcFRYXiJMLu28Hbw3t) is damaged:"));
  CHECK(contains(output, "The other 2 are intact."));
  CHECK(contains(output, "ipfs cat Qm"));
  CHECK(p.made() == 1); // the data, for what is suggested; the copy is gone
}

TEST_CASE("the demo goes on with a data directory that it was given before") {
  place p;
  auto data = p.inbox + "/data"; // in the directory itself: it does not record its own data
  CHECK(p.run({p.inbox, "--data", data}).code == 0);
  write_file(p.inbox + "/src/a.cpp", "int main() { return 1; }\n");
  auto [code, output] = p.run({p.inbox, "--data=" + data, "--rows=1", "--each"});
  INFO(output);
  CHECK(code == 0);
  CHECK(contains(output, "\nrecorded Qm"));
  CHECK(contains(output, " src/a.cpp\n"));
  CHECK(contains(output, "1 file recorded"));
  CHECK(contains(output, "2 had been recorded before"));
  CHECK(contains(output, "4 versions"));
  CHECK(contains(output, "and 2 more"));
  CHECK(contains(output, "4 of 4 entries verified"));
  CHECK(p.made() == 0);
}

TEST_CASE("the demo takes an empty directory") {
  place p;
  std::filesystem::create_directory(p.inbox + "/src/nothing");
  auto [code, output] = p.run({p.inbox + "/src/nothing"});
  INFO(output);
  CHECK(code == 0);
  CHECK(contains(output, "0 files recorded"));
}

TEST_CASE("the demo watches until it is interrupted") {
  place p;
  demo_program program({p.inbox, "--watch"}, p.temporary);
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds(50);
  auto wait_for = [&](std::string_view part) {
    while (auto line = program.line(until))
      if (contains(*line, part)) return true;
    return false;
  };
  REQUIRE(wait_for("Watching"));
  write_file(p.inbox + "/late", "x");
  CHECK(wait_for("recorded QmULKig5Fxrs2sC4qt9nNduucXfb92AFYQ6Hi3YRqDmrYC late"));
  program.signal(SIGINT);
  CHECK(program.wait() == 0);
  CHECK(p.made() == 0);
}

TEST_CASE("the demo explains what is wrong with its arguments") {
  place p;
  auto fails = [&](int code, std::vector<std::string> arguments, std::string_view why) {
    auto outcome = p.run(std::move(arguments));
    INFO(outcome.output);
    CHECK(outcome.code == code);
    CHECK(contains(outcome.output, why));
  };
  fails(2, {}, "DIRECTORY is required");
  fails(2, {p.inbox, "--colour"}, "--colour");
  fails(2, {p.inbox, "--rows=many"}, "many");
  fails(1, {p.inbox + "/none"}, "cannot use the directory " + p.inbox + "/none: No such file or directory");
  fails(1, {p.inbox + "/empty"}, "is no directory");
  fails(1, {p.inbox, "--data", p.inbox}, "holds the directory to watch");
  fails(1, {p.inbox + "/src", "--data", p.inbox}, "holds the directory to watch");
  fails(1, {p.inbox, "--data", p.inbox + "/empty"}, "empty");
  CHECK(p.run({"--help"}).code == 0);
  CHECK(p.made() == 0);
}

TEST_CASE("the demo names the one who holds its data") {
  place p;
  demo_program first({p.inbox, "--watch", "--data", p.temporary + "/data"}, p.temporary);
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds(50);
  while (auto line = first.line(until))
    if (contains(*line, "Watching")) break;
  auto [code, output] = p.run({p.inbox, "--data", p.temporary + "/data"});
  CHECK(code == 1);
  CHECK(contains(output, "is in use by process"));
}

TEST_CASE("the demo keeps to the passphrase it was given") {
  place p;
  ::setenv("PILLAR_PASSPHRASE", std::string(64, 'a').c_str(), 1);
  auto outcome = p.run({p.inbox, "--data", p.temporary + "/data"});
  ::unsetenv("PILLAR_PASSPHRASE");
  INFO(outcome.output);
  CHECK(outcome.code == 0);
  CHECK(!std::filesystem::exists(p.temporary + "/data/passphrase"));
}
