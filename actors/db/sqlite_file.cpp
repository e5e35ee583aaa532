#include "actors/db/sqlite_file.hpp"

#include "actors/db/sqlite_error.hpp"
#include "actors/db/text.hpp"
#include "actors/durable_file.hpp"

#include <array>

#include <sqlite3.h>

namespace pillar::db::sqlite {

namespace {

// WITHOUT ROWID: the rows lie in the order of their keys, found by one descent. `value` is the last column, so that a
// listing without values reads none of it.
constexpr const char* schema = R"(
CREATE TABLE document (
  space TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, value BLOB NOT NULL,
  PRIMARY KEY (space, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE sequence (id INTEGER PRIMARY KEY CHECK (id = 0), revision INTEGER NOT NULL) STRICT;
INSERT INTO sequence VALUES (0, 0);
)";

constexpr const char* tables_of_schema = "document sequence";

// SQLite file format, section 1.3: offsets in the header, whose numbers are big-endian.
constexpr std::size_t header_size = 100;
constexpr std::size_t write_version_at = 18;
constexpr std::size_t read_version_at = 19;
constexpr std::size_t user_version_at = 60;
constexpr std::size_t application_id_at = 68;
constexpr std::string_view magic{"SQLite format 3\0", 16};

/// An empty database as the bytes of its file. Written at once under its final name, a file is either absent or already
/// Pillar's: no crash leaves one that could be taken for another program's.
bytes new_database() {
  std::unique_ptr<sqlite3, decltype(&sqlite3_close)> memory(nullptr, &sqlite3_close);
  sqlite3* handle = nullptr;
  auto code = sqlite3_open(":memory:", &handle);
  memory.reset(handle);
  auto ids = "PRAGMA application_id = " + std::to_string(application_id)
             + "; PRAGMA user_version = " + std::to_string(schema_version) + ";" + schema;
  if (code == SQLITE_OK) code = sqlite3_exec(handle, ids.c_str(), nullptr, nullptr, nullptr);
  sqlite3_int64 size = 0;
  std::unique_ptr<unsigned char, decltype(&sqlite3_free)> image(
      code == SQLITE_OK ? sqlite3_serialize(handle, "main", &size, 0) : nullptr, &sqlite3_free);
  if (!image) throw failure(errc::internal, "cannot make an empty database: " + std::string(sqlite3_errmsg(handle)));
  // 2 stands for "with a write-ahead log", as PRAGMA journal_mode = WAL would write it.
  image.get()[write_version_at] = image.get()[read_version_at] = 2;
  auto begin = reinterpret_cast<const std::byte*>(image.get());
  return {begin, begin + size};
}

void make_if_missing(const std::filesystem::path& file) {
  if (std::filesystem::exists(file)) return;
  make_private_directories(file.parent_path());
  try {
    write_new_file(file, new_database());
  } catch (const failure& f) {
    if (f.code() != errc::already_exists) throw; // another process was faster: the lock decides between the two
  }
}

std::int32_t number_at(const bytes& header, std::size_t offset) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | std::to_integer<std::uint32_t>(header[offset + i]);
  return static_cast<std::int32_t>(number);
}

[[noreturn]] void refuse(const std::filesystem::path& file, errc code, std::string_view problem) {
  throw failure(code, "database " + file.string() + " " + std::string(problem));
}

void check_identity(const std::filesystem::path& file, std::int64_t id, std::int64_t version) {
  if (id != application_id) {
    refuse(file, errc::unsupported,
           "belongs to another program (application id " + std::to_string(id)
               + "): it was left as it is; choose another data directory");
  }
  if (version > schema_version) {
    refuse(file, errc::unsupported,
           "was written by a newer Pillar (layout " + std::to_string(version) + ", this one knows "
               + std::to_string(schema_version) + "): it was left as it is; use that version");
  }
  if (version != schema_version) {
    refuse(file, errc::damaged,
           "has the impossible layout " + std::to_string(version)
               + ": it was left as it is; restore a copy, or move it aside to start empty");
  }
}

/// The header as it lies in the file, read without a lock and without SQLite's recovery, which would write.
void check_header(const connection& db) {
  auto header = db.first_bytes(header_size);
  if (header.empty()) {
    refuse(db.file(), errc::damaged,
           "is empty, and Pillar never leaves it so: restore a copy, or remove it to start anew");
  }
  auto text = std::string_view(reinterpret_cast<const char*>(header.data()), header.size());
  if (!text.starts_with(magic) || header.size() < header_size) db.check(SQLITE_NOTADB);
  check_identity(db.file(), number_at(header, application_id_at), number_at(header, user_version_at));
}

void set(connection& db, int option, int value) {
  db.check(sqlite3_db_config(db.native(), option, value, nullptr));
}

/// None of this touches the file.
void configure(connection& db) {
  set(db, SQLITE_DBCONFIG_DEFENSIVE, 1);
  set(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0);
  set(db, SQLITE_DBCONFIG_DQS_DDL, 0);
  set(db, SQLITE_DBCONFIG_DQS_DML, 0);
  set(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0);
  set(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0);
  set(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1);

  constexpr std::array<std::pair<int, int>, 4> limits{{
      {SQLITE_LIMIT_LENGTH, 4 << 20}, // bytes of a row: the largest value, and room for its key
      {SQLITE_LIMIT_SQL_LENGTH, 64 << 10},
      {SQLITE_LIMIT_VARIABLE_NUMBER, 32},
      {SQLITE_LIMIT_ATTACHED, 0},
  }};
  for (auto [limit, value] : limits) sqlite3_limit(db.native(), limit, value);

  // EXCLUSIVE before the first read: the log's index stays in this process's memory, a second process is refused at
  // once, and reads cost half. 4 MiB of log stay allocated between checkpoints: room that a full disk cannot take away.
  db.execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
             "PRAGMA cell_size_check = ON; PRAGMA busy_timeout = 0; PRAGMA journal_size_limit = 4194304;");
}

/// From here on the file is this process's alone. SQLite now also applies what a killed process left in the log.
void take(connection& db) {
  auto mode = db.ask("PRAGMA journal_mode = WAL");
  if (mode != "wal") refuse(db.file(), errc::internal, "did not switch to a write-ahead log, but stays " + mode);
}

/// Once more with the log applied, and all of the file.
void check_content(connection& db) {
  check_identity(db.file(), std::stoll(db.ask("PRAGMA application_id")), std::stoll(db.ask("PRAGMA user_version")));
  auto tables = db.ask("SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema "
                       "WHERE name NOT GLOB 'sqlite_*' ORDER BY name)");
  if (tables != tables_of_schema) {
    refuse(db.file(), errc::unsupported,
           "holds the tables " + in_quotes(tables) + " instead of " + in_quotes(tables_of_schema)
               + ": it was left as it is; choose another data directory");
  }
  // One finding is enough to refuse it; with damage all over, the full list takes long.
  auto finding = db.ask("PRAGMA quick_check(1)");
  if (finding != "ok") throw error_of(SQLITE_CORRUPT, 0, db.file(), finding);
}

} // namespace

std::unique_ptr<connection> open_database(const std::filesystem::path& file, const std::string& vfs) {
  make_if_missing(file);
  auto db = std::make_unique<connection>(file, vfs);
  db->write_back_on_close(false); // nothing is changed before it is accepted
  check_header(*db);
  if (sqlite3_db_readonly(db->native(), "main") == 1) db->check(SQLITE_READONLY);
  configure(*db);
  take(*db);
  check_content(*db);
  db->write_back_on_close(true);
  return db;
}

} // namespace pillar::db::sqlite
