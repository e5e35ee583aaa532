#include "actors/durable_file.hpp"

#include "interfaces/error.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include <sys/stat.h>

using namespace pillar;
using namespace pillar::test::literals;

namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

mode_t mode_of(const std::filesystem::path& path) {
  struct stat found{};
  REQUIRE(::lstat(path.c_str(), &found) == 0);
  return found.st_mode & 07777;
}

std::set<std::string> names_in(const std::filesystem::path& directory) {
  std::set<std::string> names;
  for (auto& entry : std::filesystem::directory_iterator(directory)) names.insert(entry.path().filename());
  return names;
}

failure failure_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const failure& f) {
    return f;
  }
  FAIL("it succeeded");
  return {errc::internal, ""};
}

} // namespace

TEST_CASE("a new file has its content, is its owner's only, and leaves no draft behind") {
  test::temporary_directory directory;
  auto old = ::umask(0);
  write_new_file(directory / "file", "content"_bytes);
  write_new_file(directory / "empty", {});
  ::umask(old);
  CHECK(content_of(directory / "file") == "content");
  CHECK(content_of(directory / "empty").empty());
  CHECK(mode_of(directory / "file") == 0600);
  CHECK(names_in(directory.path()) == std::set<std::string>{"empty", "file"});
}

TEST_CASE("a file that is there is never replaced, not even a link that leads nowhere") {
  test::temporary_directory directory;
  std::ofstream(directory / "file") << "precious";
  std::filesystem::create_symlink("nowhere", directory / "link");
  for (auto name : {"file", "link"}) {
    auto refused = failure_of([&] { write_new_file(directory / name, "other"_bytes); });
    CHECK(refused == failure(errc::already_exists, (directory / name).string() + " exists already"));
  }
  CHECK(content_of(directory / "file") == "precious");
  CHECK(names_in(directory.path()) == std::set<std::string>{"file", "link"});
}

TEST_CASE("a file in a directory that is missing is not written") {
  test::temporary_directory directory;
  auto refused = failure_of([&] { write_new_file(directory / "absent/file", {}); });
  CHECK(refused.code() == errc::not_found);
  CHECK(refused.message().starts_with("cannot create " + (directory / "absent/file").string()));
}

TEST_CASE("new directories are their owner's only, and those that are there stay as they are") {
  test::temporary_directory directory;
  std::filesystem::permissions(directory.path(), std::filesystem::perms(0755));
  auto old = ::umask(0);
  make_private_directories(directory / "a/b");
  make_private_directories(directory / "a/b");
  make_private_directories(directory / "slash/");
  make_private_directories("");
  ::umask(old);
  CHECK(mode_of(directory.path()) == 0755);
  for (auto name : {"a", "a/b", "slash"}) CHECK(mode_of(directory / name) == 0700);
}

TEST_CASE("a file in the way of a directory is named") {
  test::temporary_directory directory;
  write_new_file(directory / "file", {});
  auto in_place = failure_of([&] { make_private_directories(directory / "file"); });
  CHECK(in_place.message().starts_with("cannot create directory " + (directory / "file").string()));
  auto above = failure_of([&] { make_private_directories(directory / "file/below"); });
  CHECK(above.message().find((directory / "file").string()) != std::string::npos);
}
