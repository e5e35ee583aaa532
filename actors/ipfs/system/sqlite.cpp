#include "actors/ipfs/system/sqlite.hpp"

#include "interfaces/error.hpp"

#include <sqlite3.h>

namespace pillar::ipfs::engine {
namespace {

[[noreturn]] void raise(sqlite3* connection, int code) {
  const auto* file = connection ? sqlite3_db_filename(connection, "main") : nullptr;
  auto what = "index " + std::string(file && *file ? file : "in memory");
  auto text = what + ": " + (connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code));
  switch (code & 0xff) {
    case SQLITE_FULL: throw failure(errc::storage_full, text);
    case SQLITE_READONLY: throw failure(errc::read_only, text);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: throw failure(errc::damaged, text);
    case SQLITE_BUSY: throw failure(errc::in_use, text + ": another program has opened it");
    case SQLITE_NOMEM: throw failure(errc::overloaded, text);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      if (connection) { // the number may be an older one, so it only tells the kinds of failure apart
        auto f = failure_of_errno(sqlite3_system_errno(connection), what);
        if (f.code() == errc::storage_full || f.code() == errc::read_only) throw f;
      }
      throw failure(errc::io_error, text);
    default: throw failure(errc::internal, text);
  }
}

void check(sqlite3* connection, int code) {
  if (code != SQLITE_OK) raise(connection, code);
}

} // namespace

void sqlite_statement::finalize::operator()(sqlite3_stmt* s) const {
  sqlite3_finalize(s);
}

sqlite_statement::sqlite_statement(sqlite3* connection, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  check(connection, sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                       &statement, nullptr));
  statement_.reset(statement);
}

void sqlite_statement::bind(int at, std::int64_t value) {
  check(sqlite3_db_handle(statement_.get()), sqlite3_bind_int64(statement_.get(), at, value));
}

void sqlite_statement::bind(int at, bytes_view value) {
  check(sqlite3_db_handle(statement_.get()),
        sqlite3_bind_blob64(statement_.get(), at, value.empty() ? "" : static_cast<const void*>(value.data()),
                            value.size(), SQLITE_STATIC));
}

void sqlite_statement::bind(int at, std::string_view value) {
  check(sqlite3_db_handle(statement_.get()),
        sqlite3_bind_text64(statement_.get(), at, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC,
                            SQLITE_UTF8));
}

bool sqlite_statement::step() {
  auto code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  raise(sqlite3_db_handle(statement_.get()), code);
}

void sqlite_statement::run() {
  statement_use use(*this);
  step();
}

void sqlite_statement::reset() {
  sqlite3_reset(statement_.get());
}

std::int64_t sqlite_statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

bytes_view sqlite_statement::blob(int column) const {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_.get(), column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::string sqlite_statement::text(int column) const {
  return std::string(text_of(blob(column)));
}

void sqlite_connection::close::operator()(sqlite3* c) const {
  sqlite3_close_v2(c);
}

sqlite_connection::sqlite_connection(const std::string& file, mode m) {
  auto flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
  if (m == mode::read_only) flags |= SQLITE_OPEN_READONLY;
  else flags |= SQLITE_OPEN_READWRITE | (m == mode::create ? SQLITE_OPEN_CREATE : 0);
  sqlite3* connection = nullptr;
  auto code = sqlite3_open_v2(file.c_str(), &connection, flags, nullptr);
  connection_.reset(connection);
  check(connection, code);
  check(connection, sqlite3_busy_timeout(connection, 5000)); // ms; only a foreign program can hold it at all
}

void sqlite_connection::execute(const std::string& sql) {
  check(connection_.get(), sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr));
}

std::int64_t sqlite_connection::number(const std::string& sql) {
  auto statement = prepare(sql);
  return statement.step() ? statement.number(0) : 0;
}

void sqlite_connection::roll_back() noexcept {
  sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

} // namespace pillar::ipfs::engine
