#include "actors/key_manager/passphrase.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <type_traits>

#include <sys/stat.h>
#include <unistd.h>

using namespace pillar;
using key_manager::passphrase_source;

namespace {

/// A variable of the environment for the time of a test.
class variable {
public:
  variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;
  ~variable() { ::unsetenv(name_); }

private:
  const char* name_;
};

void write(const std::filesystem::path& file, std::string_view content, mode_t mode = 0600) {
  std::ofstream(file, std::ios::binary) << content;
  ::chmod(file.c_str(), mode);
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string found(const passphrase_source& source) {
  auto one = source.find();
  return one ? std::string(one->text.text()) + " from " + one->origin : "none";
}

failure failure_of(const passphrase_source& source) {
  try {
    source.find();
  } catch (const failure& f) {
    return f;
  }
  FAIL("a passphrase was found");
  return {errc::internal, ""};
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a passphrase is looked for in the credential, the configured file, the environment and the data directory") {
  test::temporary_directory directory;
  std::filesystem::create_directory(directory / "credentials");
  write(directory / "credentials/pillar-key", "one", 0440);
  write(directory / "configured", "two");
  write(directory / "passphrase", "four");
  std::optional<variable> credentials(std::in_place, "CREDENTIALS_DIRECTORY", directory / "credentials");
  variable environment("PILLAR_PASSPHRASE", "three");

  passphrase_source all({directory / "configured", directory.path()});
  CHECK(found(all) == "one from file " + (directory / "credentials/pillar-key").string());
  credentials.reset();
  CHECK(found(all) == "two from file " + (directory / "configured").string());

  ::setenv("PILLAR_PASSPHRASE", "three", 1);
  passphrase_source none_configured({{}, directory.path()});
  CHECK(found(none_configured) == "three from environment variable PILLAR_PASSPHRASE");
  CHECK(found(none_configured) == "three from environment variable PILLAR_PASSPHRASE");

  passphrase_source only_own({{}, directory.path()});
  CHECK(found(only_own) == "four from file " + (directory / "passphrase").string());
  std::filesystem::remove(directory / "passphrase");
  CHECK(found(only_own) == "none");
}

TEST_CASE("a credential directory without Pillar's credential is no hindrance") {
  test::temporary_directory directory;
  variable credentials("CREDENTIALS_DIRECTORY", directory.path());
  CHECK(found(passphrase_source({{}, directory.path()})) == "none");
}

TEST_CASE("the passphrase in the environment is gone once it was taken, from its memory too") {
  variable environment("PILLAR_PASSPHRASE", "taken");
  auto memory = std::getenv("PILLAR_PASSPHRASE");
  passphrase_source source({{}, "/nowhere"});
  CHECK(std::getenv("PILLAR_PASSPHRASE") == nullptr);
  CHECK(std::string_view(memory, 5) == std::string_view("\0\0\0\0\0", 5));
  CHECK(contains(found(source), "taken"));
}

TEST_CASE("one line break at the end does not count, and spaces do") {
  test::temporary_directory directory;
  passphrase_source source({directory / "file", directory.path()});
  for (auto [content, text] :
       {std::pair("pass phrase\n", "pass phrase"), {"a\r\n", "a"}, {"a\n\n", "a\n"}, {" a ", " a "}}) {
    write(directory / "file", content);
    CHECK(source.find()->text.text() == text);
  }
}

TEST_CASE("a configured file that is missing is an error, not a reason to look elsewhere") {
  test::temporary_directory directory;
  write(directory / "passphrase", "other");
  auto refused = failure_of(passphrase_source({directory / "absent", directory.path()}));
  CHECK(refused.code() == errc::not_found);
  CHECK(refused.message()
        == "passphrase file " + (directory / "absent").string()
               + " does not exist: write it, or take it out of the configuration");
}

TEST_CASE("a passphrase file that is open to others is refused") {
  test::temporary_directory directory;
  for (mode_t mode : {0640u, 0604u, 0620u, 0601u, 0644u}) {
    write(directory / "file", "text", mode);
    auto refused = failure_of(passphrase_source({directory / "file", directory.path()}));
    CHECK(refused
          == failure(errc::bad_request, "passphrase of file " + (directory / "file").string()
                                            + " is open to others: run chmod 600 on the file"));
  }
  write(directory / "file", "text", 0400);
  CHECK(passphrase_source({directory / "file", directory.path()}).find());
}

TEST_CASE("another user's passphrase file is refused") {
  test::temporary_directory directory;
  std::filesystem::path file = "/etc/passwd"; // root's; for root itself, somebody else's
  if (::geteuid() == 0) {
    file = directory / "file";
    write(file, "text");
    REQUIRE(::chown(file.c_str(), 65'534, 65'534) == 0);
  }
  auto refused = failure_of(passphrase_source({file, directory.path()}));
  CHECK(refused.code() == errc::bad_request);
  CHECK(contains(refused.message(), "belongs to another user"));
}

TEST_CASE("what is no regular file is refused at once, be it a directory or a pipe that nobody writes to") {
  test::temporary_directory directory;
  REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
  for (auto& file : {directory / "pipe", directory.path()}) {
    auto refused = failure_of(passphrase_source({file, directory.path()}));
    CHECK(refused.code() == errc::bad_request);
    CHECK(contains(refused.message(), "is in no regular file"));
  }
}

TEST_CASE("a passphrase has 1 to 255 bytes, none of them zero") {
  test::temporary_directory directory;
  passphrase_source source({directory / "file", directory.path()});
  for (auto& [content, problem] : {std::pair(std::string(), "is empty"),
                                   {"\n", "is empty"},
                                   {std::string(256, 'a'), "is longer than 255 bytes"},
                                   {std::string(100'000, 'a'), "is longer than 255 bytes"},
                                   {std::string("a\0b", 3), "contains a zero byte"}}) {
    write(directory / "file", content);
    auto refused = failure_of(source);
    CHECK(refused.code() == errc::bad_request);
    CHECK(contains(refused.message(), problem));
  }
  write(directory / "file", std::string(255, 'a') + "\r\n");
  CHECK(source.find()->text.size() == 255);
}

TEST_CASE("a generated passphrase is random, kept for its owner only, and found again") {
  test::temporary_directory directory;
  passphrase_source source({{}, directory / "a/data"});
  auto made = source.generate();
  CHECK(made.is_random());
  CHECK(made.origin == "file " + (directory / "a/data/passphrase").string());
  CHECK(source.find()->text.text() == made.text.text());
  CHECK(content_of(directory / "a/data/passphrase") == std::string(made.text.text()) + "\n");
  struct stat file{};
  REQUIRE(::stat((directory / "a/data/passphrase").c_str(), &file) == 0);
  CHECK((file.st_mode & 07777) == 0600);
  REQUIRE(::stat((directory / "a/data").c_str(), &file) == 0);
  CHECK((file.st_mode & 07777) == 0700);
  auto names = std::filesystem::directory_iterator(directory / "a/data");
  CHECK(std::distance(begin(names), end(names)) == 1);

  test::temporary_directory another;
  CHECK(passphrase_source({{}, another.path()}).generate().text.text() != made.text.text());
}

TEST_CASE("a passphrase that is there is never replaced") {
  test::temporary_directory directory;
  write(directory / "passphrase", "precious");
  try {
    passphrase_source({{}, directory.path()}).generate();
    FAIL("it was replaced");
  } catch (const failure& f) {
    CHECK(f.code() == errc::already_exists);
    CHECK(contains(f.message(), (directory / "passphrase").string()));
  }
  CHECK(content_of(directory / "passphrase") == "precious");
}

TEST_CASE("only 64 hexadecimal digits pass for a random passphrase") {
  auto is_random = [](std::string text) { return key_manager::passphrase{key_manager::secret(text), ""}.is_random(); };
  CHECK(is_random(std::string(64, 'a')));
  CHECK(is_random(std::string(64, 'F')));
  CHECK(!is_random(std::string(63, 'a')));
  CHECK(!is_random(std::string(65, 'a')));
  CHECK(!is_random(std::string(63, 'a') + "g"));
  CHECK(!is_random("correct horse battery staple"));
}

TEST_CASE("a passphrase in memory is random, always the same, and written nowhere") {
  auto source = passphrase_source::in_memory();
  auto one = source.find();
  REQUIRE(one);
  CHECK(one->is_random());
  CHECK(one->origin == "this process's memory");
  CHECK(source.find()->text.text() == one->text.text());
  CHECK(passphrase_source::in_memory().find()->text.text() != one->text.text());
}

TEST_CASE("a missing passphrase is explained with the places where it may be given") {
  auto missing = passphrase_source({{}, "/data"}).missing();
  CHECK(missing.code() == errc::not_found);
  CHECK(missing.message()
        == "the node's keys are protected, and no passphrase was found: restore /data/passphrase, or give it as the "
           "systemd credential pillar-key, by a file in the configuration, or in PILLAR_PASSPHRASE");
}

TEST_CASE("a secret is moved or cloned, and never copied by accident") {
  using key_manager::secret;
  static_assert(!std::is_copy_constructible_v<secret> && !std::is_copy_assignable_v<secret>);
  static_assert(!std::is_convertible_v<std::string_view, secret>);
  secret one("text");
  secret two = std::move(one);
  CHECK(one.empty());
  CHECK(two.text() == "text");
  secret three = two.clone();
  two = secret("other");
  CHECK(three.text() == "text");
  CHECK(two.c_str() == std::string("other"));
  CHECK(secret().text().empty());
}
