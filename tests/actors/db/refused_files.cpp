/// Files that a store must not take, and must leave as they are.
#include "actors/db/sqlite_store.hpp"
#include "tests/actors/db/faulty_disk.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace pillar;
using namespace pillar::test::literals;

namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::filesystem::path& file, std::string_view content) {
  std::ofstream(file, std::ios::binary) << content;
}

/// Runs SQL as any other program would.
void with_sqlite(const std::filesystem::path& file, const std::string& sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
  CHECK(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(handle);
}

failure refusal_of(const std::filesystem::path& file, const db::sqlite_options& options = {}) {
  try {
    db::sqlite_store::open(file, options);
  } catch (const failure& f) {
    return f;
  }
  FAIL("the file was taken");
  return {errc::internal, ""};
}

/// A database with many documents, so that there is something to damage.
void make_database(const std::filesystem::path& file) {
  auto store = db::sqlite_store::open(file);
  for (int i = 0; i < 400; ++i) REQUIRE(store->put("someone", {"key/" + std::to_string(i), bytes(500), {}}));
  REQUIRE(store->commit());
}

void check_refused(const std::filesystem::path& file, errc code, std::string_view part) {
  auto before = content_of(file);
  auto refusal = refusal_of(file);
  CHECK(refusal.code() == code);
  CAPTURE(refusal.message());
  CHECK(refusal.message().starts_with("database " + file.string() + " "));
  CHECK(refusal.message().find(part) != std::string::npos);
  CHECK(content_of(file) == before);
}

} // namespace

TEST_CASE("a file that is no database is refused and left as it is") {
  test::temporary_directory directory;
  auto file = directory / "documents.db";
  for (std::string content :
       {std::string("not a database"), std::string(8'192, 'x'), std::string("SQLite format 3\0", 16)}) {
    write(file, content);
    check_refused(file, errc::damaged, "is no database: it was left as it is");
  }
}

TEST_CASE("an empty file is refused: a store never leaves one") {
  test::temporary_directory directory;
  write(directory / "documents.db", "");
  check_refused(directory / "documents.db", errc::damaged, "is empty");
}

TEST_CASE("a directory in the file's place is refused") {
  test::temporary_directory directory;
  std::filesystem::create_directory(directory / "documents.db");
  CHECK(refusal_of(directory / "documents.db").code() == errc::io_error);
}

TEST_CASE("another program's database is refused and left as it is, with its journal") {
  test::temporary_directory directory;
  auto file = directory / "documents.db";
  with_sqlite(file, "PRAGMA application_id = 1234; CREATE TABLE a (b); INSERT INTO a VALUES (1);");
  write(file.string() + "-journal", "its owner needs this");
  check_refused(file, errc::unsupported, "belongs to another program (application id 1234)");
  CHECK(content_of(file.string() + "-journal") == "its owner needs this");
}

TEST_CASE("a database without an application id is another program's") {
  test::temporary_directory directory;
  with_sqlite(directory / "documents.db", "CREATE TABLE document (a);");
  check_refused(directory / "documents.db", errc::unsupported, "belongs to another program (application id 0)");
}

TEST_CASE("a database with other tables than Pillar's is refused and left as it is") {
  test::temporary_directory directory;
  auto file = directory / "documents.db";
  make_database(file);
  with_sqlite(file, "CREATE TABLE other (a);");
  check_refused(file, errc::unsupported, "holds the tables \"document other sequence\"");
}

TEST_CASE("a newer Pillar's database is refused and left as it is") {
  test::temporary_directory directory;
  auto file = directory / "documents.db";
  make_database(file);
  with_sqlite(file, "PRAGMA user_version = 2;");
  check_refused(file, errc::unsupported, "was written by a newer Pillar (layout 2, this one knows 1)");
}

TEST_CASE("a version that never was is damage") {
  test::temporary_directory directory;
  auto file = directory / "documents.db";
  make_database(file);
  with_sqlite(file, "PRAGMA user_version = 0;");
  check_refused(file, errc::damaged, "has the impossible layout 0");
}

TEST_CASE("a newer version that only the log knows is found too, and the log stays") {
  test::temporary_directory directory;
  auto file = directory / "documents.db";
  make_database(file);
  // Leave the change in the log, as a process that was killed does.
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  REQUIRE(sqlite3_exec(handle, "PRAGMA user_version = 3;", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(handle);
  auto log = content_of(file.string() + "-wal");
  REQUIRE(!log.empty());
  check_refused(file, errc::unsupported, "was written by a newer Pillar (layout 3");
  CHECK(content_of(file.string() + "-wal") == log);
}

TEST_CASE("a damaged page anywhere in the tables is found when the store is opened") {
  test::temporary_directory directory;
  auto sound = directory / "sound.db";
  make_database(sound);
  auto content = content_of(sound);
  constexpr std::size_t page = 4'096;
  REQUIRE(content.size() > 20 * page);
  for (std::size_t at : {std::size_t(0), 1 * page, 2 * page, 10 * page, content.size() - page}) {
    CAPTURE(at);
    auto damaged = content;
    // of the first page, the part behind the header, where the tables are described
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(at + (at == 0 ? 100 : 0)), 64, '\x5a');
    write(directory / "documents.db", damaged);
    check_refused(directory / "documents.db", errc::damaged, "it was left as it is; restore a copy");
  }
}

TEST_CASE("a database that was cut off is damaged") {
  test::temporary_directory directory;
  auto file = directory / "documents.db";
  make_database(file);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  check_refused(file, errc::damaged, "it was left as it is; restore a copy");
}

TEST_CASE("a database that cannot be written is refused as read_only") {
  test::temporary_directory directory;
  make_database(directory / "documents.db");
  test::faulty_disk disk;
  disk.make_read_only();
  auto refusal = refusal_of(directory / "documents.db", {.vfs = disk.name()});
  CHECK(refusal.code() == errc::read_only);
  CHECK(refusal.message().find("cannot be written: check the rights and the mount") != std::string::npos);
}

TEST_CASE("a directory that cannot be made or written is refused by name") {
  test::temporary_directory directory;
  write(directory / "file", "");
  auto below_a_file = refusal_of(directory / "file/documents.db");
  CHECK(below_a_file.message().find((directory / "file").string()) != std::string::npos);

  std::filesystem::create_directory(directory / "closed");
  std::filesystem::permissions(directory / "closed",
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  std::filesystem::permissions(directory.path(), std::filesystem::perms(0755));
  auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) { // root may write anywhere, so be nobody
    if (::geteuid() == 0 && ::setuid(65'534) != 0) ::_exit(2);
    auto code = errc::internal;
    try {
      db::sqlite_store::open(directory / "closed/documents.db");
    } catch (const failure& f) {
      code = f.code();
    }
    ::_exit(code == errc::read_only ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a store that is open cannot be opened a second time, and keeps working") {
  test::temporary_directory directory;
  auto file = directory / "documents.db";
  auto first = db::sqlite_store::open(file);
  auto refusal = refusal_of(file);
  CHECK(refusal.code() == errc::in_use);
  CHECK(refusal.message().starts_with("database " + file.string()
                                      + " is in use by another node or program: stop that one"));
  REQUIRE(first->put("someone", {"a", "1"_bytes, {}}));
  CHECK(first->commit());
  first.reset();
  CHECK(db::sqlite_store::open(file)->get("someone", {"a"}));
}
