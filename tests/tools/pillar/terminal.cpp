#include "tests/tools/pillar/process.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

using namespace pillar::test;

namespace {

/// A terminal, whose text can be read.
class terminal {
public:
  terminal() : screen_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    REQUIRE(screen_ >= 0);
    REQUIRE(::grantpt(screen_) == 0);
    REQUIRE(::unlockpt(screen_) == 0);
    line_ = ::open(::ptsname(screen_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(line_ >= 0);
  }
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;
  ~terminal() { ::close(screen_), ::close(line_); }

  int line() const { return line_; }
  /// What was written since the last time, with the terminal's line ends.
  std::string text() const {
    std::string all;
    char buffer[4096];
    for (pollfd waiting{screen_, POLLIN, 0}; ::poll(&waiting, 1, 0) > 0;) {
      const auto size = ::read(screen_, buffer, sizeof buffer);
      if (size <= 0) break;
      all.append(buffer, static_cast<std::size_t>(size));
    }
    return all;
  }

private:
  int screen_ = -1, line_ = -1;
};

} // namespace

TEST_CASE("on a terminal db get ends its line, and in a pipe it does not") {
  user someone;
  terminal shown;
  someone.says({"db", "put", "open", "text"});
  someone.says({"db", "put", "closed", "text\n"});
  for (auto* key : {"open", "closed"}) {
    CHECK(someone.pillar({"db", "get", key}, "", {.out = shown.line()}).exit == 0);
    CHECK(shown.text() == "text\r\n");
  }
  CHECK(someone.pillar({"db", "get", "open"}).out == "text");
}

TEST_CASE("key sign does not write a signature on a terminal") {
  user someone;
  terminal shown;
  const auto refused = someone.pillar({"key", "sign", "-"}, "dear", {.out = shown.line()});
  CHECK(refused.exit == 2);
  CHECK(refused.err.starts_with("pillar: a signature is binary and would disturb the terminal: "));
  CHECK(shown.text() == "");
  CHECK(someone.pillar({"key", "sign", "-", "--json"}, "dear", {.out = shown.line()}).exit == 0);
  CHECK(shown.text().starts_with("{\"data\":\""));
}

TEST_CASE("ipfs export does not write an archive on a terminal") {
  user someone;
  terminal shown;
  const auto cid = someone.says({"ipfs", "add", "-Q"}, "content");
  const auto refused = someone.pillar({"ipfs", "export", cid}, "", {.out = shown.line()});
  CHECK(refused.exit == 2);
  CHECK(refused.err.starts_with("pillar: an archive is binary and would disturb the terminal: "));
  CHECK(shown.text() == "");
  CHECK(someone.pillar({"ipfs", "export", cid, "-o", "file.car"}, "", {.out = shown.line()}).exit == 0);
}

TEST_CASE("ipfs add shows on a terminal how far it is, on a line that is gone at the end") {
  user someone;
  terminal shown;
  process adding({"ipfs", "add"}, someone.at_home({.err = shown.line()}));
  std::string text;
  while (text.find("iB/s") == std::string::npos) { // it has to be at it for a while
    adding.write(std::string(100'000, 'x'));
    text += shown.text();
    REQUIRE(text.size() < 100'000);
  }
  CHECK(text.starts_with("\r\x1b[K"));
  CHECK(text.find('\n') == std::string::npos);
  const auto left = adding.end();
  CHECK(left.exit == 0);
  CHECK(left.out.starts_with("added Qm"));
  CHECK(shown.text().ends_with("\r\x1b[K"));
}

TEST_CASE("no progress is shown with -q, --progress=false or --json, nor in a pipe") {
  user someone;
  terminal shown;
  const std::string content(20'000'000, 'x');
  for (auto* option : {"-q", "-Q", "--silent", "--progress=false", "--json"}) {
    CHECK(someone.pillar({"ipfs", "add", option}, content, {.err = shown.line()}).exit == 0);
    CHECK(shown.text() == "");
  }
  CHECK(someone.pillar({"ipfs", "add", "--progress"}, content).err == "");
}
