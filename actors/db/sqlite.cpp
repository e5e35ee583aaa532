#include "actors/db/sqlite.hpp"

#include "actors/db/sqlite_error.hpp"

#include <algorithm>

#include <sqlite3.h>

namespace pillar::db::sqlite {

query::~query() {
  if (!statement_) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void query::check(int code) const {
  in_->check(code);
}

query& query::bind(int parameter, std::string_view text) {
  check(sqlite3_bind_text64(statement_, parameter, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

query& query::bind(int parameter, std::span<const std::byte> blob) {
  // A null pointer would bind NULL, and an empty value is a value.
  const void* data = blob.empty() ? static_cast<const void*>("") : blob.data();
  check(sqlite3_bind_blob64(statement_, parameter, data, blob.size(), SQLITE_STATIC));
  return *this;
}

query& query::bind(int parameter, std::int64_t number) {
  check(sqlite3_bind_int64(statement_, parameter, number));
  return *this;
}

bool query::step() {
  auto code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  check(code);
  return false;
}

void query::run() {
  while (step()) {
  }
}

std::int64_t query::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view query::text(int column) const {
  auto data = sqlite3_column_text(statement_, column);
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::span<const std::byte> query::blob(int column) const {
  auto data = sqlite3_column_blob(statement_, column);
  return {static_cast<const std::byte*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void connection::closer::operator()(sqlite3* handle) const noexcept {
  sqlite3_close_v2(handle);
}

void connection::finalizer::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

connection::connection(const std::filesystem::path& file, const std::string& vfs) : file_(file) {
  sqlite3* handle = nullptr;
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  auto code = sqlite3_open_v2(file.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
  handle_.reset(handle);
  if (!handle) throw error_of(SQLITE_NOMEM, 0, file_, "no connection");
  check(code);
}

connection::~connection() = default;

void connection::check(int code) const {
  if (code == SQLITE_OK) return;
  // The connection's own words belong to its last failed call, which is this one unless the call never began.
  auto same = sqlite3_extended_errcode(handle_.get()) == code;
  auto detail = same ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  auto by_system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
  throw error_of(code, by_system ? sqlite3_system_errno(handle_.get()) : 0, file_, detail);
}

query connection::prepare(std::string_view sql) {
  auto& kept = statements_[sql];
  if (!kept) {
    sqlite3_stmt* made = nullptr;
    check(sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &made,
                             nullptr));
    kept.reset(made);
  }
  return {kept.get(), *this};
}

void connection::execute(const char* sql) {
  check(sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr));
}

std::string connection::ask(const char* sql) {
  sqlite3_stmt* made = nullptr;
  check(sqlite3_prepare_v2(handle_.get(), sql, -1, &made, nullptr));
  std::unique_ptr<sqlite3_stmt, finalizer> owner(made);
  auto code = sqlite3_step(made);
  if (code == SQLITE_DONE) return {};
  if (code != SQLITE_ROW) check(code);
  auto text = sqlite3_column_text(made, 0);
  return text ? reinterpret_cast<const char*>(text) : std::string();
}

bool connection::in_transaction() const noexcept {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

void connection::write_back_on_close(bool allowed) noexcept {
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, allowed ? 0 : 1, nullptr);
}

bytes connection::first_bytes(std::size_t size) const {
  sqlite3_file* file = nullptr;
  check(sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file));
  sqlite3_int64 length = 0;
  check(file->pMethods->xFileSize(file, &length));
  bytes found(std::min(size, static_cast<std::size_t>(length)));
  if (!found.empty()) check(file->pMethods->xRead(file, found.data(), static_cast<int>(found.size()), 0));
  return found;
}

savepoint::savepoint(connection& in) : in_(in) {
  in_.prepare("SAVEPOINT request").run();
}

savepoint::~savepoint() {
  // After a storage failure SQLite has ended the transaction, and the savepoint with it.
  if (!open_ || !in_.in_transaction()) return;
  try {
    in_.prepare("ROLLBACK TO request").run();
    in_.prepare("RELEASE request").run();
  } catch (const error&) { // the transaction cannot be used any more, which its next statement or COMMIT reports
  }
}

void savepoint::keep() {
  in_.prepare("RELEASE request").run();
  open_ = false;
}

} // namespace pillar::db::sqlite
