#include "runtime/data_directory.hpp"

#include "interfaces/error.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace pillar;
using pillar::test::temporary_directory;

namespace {

std::string refusal(const std::filesystem::path& where, errc code) {
  try {
    data_directory holder{where, "second"};
    return "taken";
  } catch (const failure& f) {
    CHECK(f.code() == code);
    return f.message();
  }
}

/// Another process that holds a data directory until it is killed.
class other_process {
public:
  explicit other_process(const std::filesystem::path& where) {
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    child_ = ::fork();
    if (child_ == 0) {
      try {
        data_directory held{where, "other"};
        if (::write(ready[1], "x", 1) == 1) ::pause();
      } catch (const failure&) {
      }
      ::_exit(1);
    }
    ::close(ready[1]);
    char byte = 0;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    ::close(ready[0]);
  }
  ~other_process() { kill(); }
  void kill() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = 0;
  }
  pid_t id() const { return child_; }

private:
  pid_t child_ = 0;
};

} // namespace

TEST_CASE("a data directory is created with its parents, for its user alone") {
  temporary_directory temporary;
  data_directory held{temporary / "a" / "b", "first"};
  CHECK(held.path() == temporary / "a" / "b");
  struct stat info{};
  REQUIRE(::stat((temporary / "a" / "b").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0700);
}

TEST_CASE("a data directory that exists keeps its permissions and content") {
  temporary_directory temporary;
  std::filesystem::create_directory(temporary / "data");
  std::filesystem::permissions(temporary / "data", std::filesystem::perms{0750});
  std::ofstream(temporary / "data" / "file") << "kept";
  data_directory held{temporary / "data", "first"};
  CHECK(std::filesystem::file_size(temporary / "data" / "file") == 4);
  CHECK((std::filesystem::status(temporary / "data").permissions() & std::filesystem::perms::all)
        == std::filesystem::perms{0750});
}

TEST_CASE("a data directory in use by another node of this process names it") {
  temporary_directory temporary;
  std::optional<data_directory> held{std::in_place, temporary.path(), "first"};
  CHECK(refusal(temporary.path(), errc::in_use)
        == "the data directory " + temporary.path().string() + " is in use by process " + std::to_string(::getpid())
               + ", node first: stop that node, or give this one another directory (node.data)");
  held.reset();
  CHECK(refusal(temporary.path(), errc::in_use) == "taken");
}

TEST_CASE("a data directory in use by another process names it, and is free when that process was killed") {
  temporary_directory temporary;
  other_process other{temporary.path()};
  CHECK(refusal(temporary.path(), errc::in_use).find("process " + std::to_string(other.id()) + ", node other")
        != std::string::npos);
  other.kill();
  CHECK(refusal(temporary.path(), errc::in_use) == "taken");
}

TEST_CASE("a data directory whose holder left no name is in use by another node") {
  temporary_directory temporary;
  data_directory held{temporary.path(), "first"};
  std::filesystem::resize_file(temporary / "lock", 0);
  CHECK(refusal(temporary.path(), errc::in_use).find("in use by another node") != std::string::npos);
}

TEST_CASE("a data directory that is a file, or lies below one, is refused with its name") {
  temporary_directory temporary;
  std::ofstream(temporary / "file") << "x";
  CHECK(refusal(temporary / "file", errc::not_found).find((temporary / "file").string()) != std::string::npos);
  CHECK(refusal(temporary / "file" / "below", errc::not_found).find("below") != std::string::npos);
}

TEST_CASE("a data directory that may not be written is refused as read-only") {
  if (::geteuid() == 0) return; // root may write everywhere
  temporary_directory temporary;
  std::filesystem::permissions(temporary.path(), std::filesystem::perms{0500});
  CHECK(refusal(temporary / "data", errc::read_only).find("cannot create the data directory") != std::string::npos);
  std::filesystem::permissions(temporary.path(), std::filesystem::perms{0700});
}
