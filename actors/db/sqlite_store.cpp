#include "actors/db/sqlite_store.hpp"

#include "actors/db/page_builder.hpp"
#include "actors/db/rules.hpp"
#include "actors/db/sqlite.hpp"
#include "actors/db/sqlite_file.hpp"

#include <sqlite3.h>

namespace pillar::db {

namespace {

constexpr std::string_view select_document = "SELECT value, revision FROM document WHERE space = ?1 AND key = ?2";
constexpr std::string_view select_revision = "SELECT revision FROM document WHERE space = ?1 AND key = ?2";
constexpr std::string_view select_entries = "SELECT key, revision, length(value) FROM document "
                                            "WHERE space = ?1 AND key >= ?2 ORDER BY key";
constexpr std::string_view select_entries_and_values = "SELECT key, revision, length(value), value FROM document "
                                                       "WHERE space = ?1 AND key >= ?2 ORDER BY key";
constexpr std::string_view upsert = "INSERT INTO document (space, key, revision, value) VALUES (?1, ?2, ?3, ?4) "
                                    "ON CONFLICT (space, key) DO UPDATE SET revision = ?3, value = ?4";
constexpr std::string_view erase = "DELETE FROM document WHERE space = ?1 AND key = ?2";
constexpr std::string_view select_sequence = "SELECT revision FROM sequence WHERE id = 0";
constexpr std::string_view update_sequence = "UPDATE sequence SET revision = ?1 WHERE id = 0";

/// Failures of one statement: the transaction around it is as good as before.
bool concerns_one_statement(const sqlite::error& e) {
  switch (e.primary_code()) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_INTERRUPT: return true;
    default: return false;
  }
}

/// Failures after which the connection's view of the file cannot be trusted. A failed fsync may have dropped what was
/// written before, and a second one would report success.
bool concerns_the_file(const sqlite::error& e) {
  switch (e.primary_code()) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return true;
    default: break;
  }
  switch (e.code()) {
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
    case SQLITE_IOERR_CORRUPTFS: return true;
    default: return false;
  }
}

revision revision_in(const sqlite::query& row, int column) {
  return static_cast<revision>(row.number(column));
}

} // namespace

std::unique_ptr<sqlite_store> sqlite_store::open(const std::filesystem::path& file, const sqlite_options& options) {
  try {
    return std::unique_ptr<sqlite_store>(new sqlite_store(sqlite::open_database(file, options.vfs)));
  } catch (const failure&) {
    throw;
  } catch (...) {
    throw to_failure(std::current_exception());
  }
}

sqlite_store::sqlite_store(std::unique_ptr<sqlite::connection> database) : database_(std::move(database)) {
  auto row = database_->prepare(select_sequence);
  if (!row.step()) database_->check(SQLITE_CORRUPT);
  committed_ = last_ = revision_in(row, 0);
}

sqlite_store::~sqlite_store() {
  if (broken_) database_->write_back_on_close(false); // leave what there is for a repair
}

/// Turns what storage throws into the answer, after it was decided what becomes of the batch.
template <class Read> auto sqlite_store::read(Read answer) -> decltype(answer()) {
  if (broken_) return *broken_;
  try {
    return answer();
  } catch (const sqlite::error& e) {
    return undo_batch(e);
  }
}

template <class Write> result<revision> sqlite_store::write(Write change) {
  if (lost_) return *lost_;
  return read([&]() -> result<revision> {
    if (!batch_open_) begin_batch();
    sqlite::savepoint all_or_nothing(*database_);
    auto outcome = change(last_ + 1);
    if (!outcome) return outcome;
    all_or_nothing.keep();
    last_ = *outcome;
    return outcome;
  });
}

result<document> sqlite_store::get(std::string_view space, const db::get& request) {
  if (auto wrong = refusal(space, request)) return *wrong;
  return read([&]() -> result<document> {
    auto row = database_->prepare(select_document);
    if (!row.bind(1, space).bind(2, request.key).step()) return no_document(space, request.key);
    auto value = row.blob(0);
    return document{bytes(value.begin(), value.end()), revision_in(row, 1)};
  });
}

result<page> sqlite_store::list(std::string_view space, const db::list& request) {
  if (auto wrong = refusal(space, request)) return *wrong;
  return read([&]() -> result<page> {
    page_builder builder(request);
    auto from = first_listed(request);
    auto row = database_->prepare(request.with_values ? select_entries_and_values : select_entries);
    row.bind(1, space).bind(2, from);
    while (row.step()) {
      auto value = request.with_values ? row.blob(3) : std::span<const std::byte>();
      if (!builder.add(row.text(0), revision_in(row, 1), static_cast<std::uint64_t>(row.number(2)), value)) break;
    }
    return std::move(builder).finish();
  });
}

result<revision> sqlite_store::put(std::string_view space, const db::put& request) {
  if (auto wrong = refusal(space, request)) return *wrong;
  return write([&](revision next) -> result<revision> {
    if (request.if_revision) {
      if (auto wrong = mismatch(request.key, request.if_revision, current_revision(space, request.key))) return *wrong;
    }
    auto statement = database_->prepare(upsert);
    statement.bind(1, space).bind(2, request.key).bind(3, static_cast<std::int64_t>(next)).bind(4, request.value).run();
    return next;
  });
}

result<revision> sqlite_store::remove(std::string_view space, const db::remove& request) {
  if (auto wrong = refusal(space, request)) return *wrong;
  return write([&](revision next) -> result<revision> {
    auto current = current_revision(space, request.key);
    if (current == 0) return no_document(space, request.key);
    if (auto wrong = mismatch(request.key, request.if_revision, current)) return *wrong;
    database_->prepare(erase).bind(1, space).bind(2, request.key).run();
    return next;
  });
}

revision sqlite_store::current_revision(std::string_view space, std::string_view key) {
  auto row = database_->prepare(select_revision);
  return row.bind(1, space).bind(2, key).step() ? revision_in(row, 0) : 0;
}

result<void> sqlite_store::commit() {
  if (batch_open_) {
    try {
      end_batch();
    } catch (const sqlite::error& e) {
      undo_batch(e);
    }
  }
  if (auto lost = std::exchange(lost_, {})) return *lost;
  if (broken_) return *broken_;
  return {};
}

void sqlite_store::begin_batch() {
  batch_open_ = true;
  database_->prepare("BEGIN IMMEDIATE").run();
}

void sqlite_store::end_batch() {
  // The counter is stored, since the revision of a removal stands in no document.
  if (last_ != committed_) {
    database_->prepare(update_sequence).bind(1, static_cast<std::int64_t>(last_)).run();
  }
  database_->prepare("COMMIT").run();
  committed_ = last_;
  batch_open_ = false;
}

failure sqlite_store::undo_batch(const sqlite::error& reason) {
  if (concerns_the_file(reason)) broken_ = reason;
  if (concerns_one_statement(reason) && database_->in_transaction()) return reason;
  try { // SQLite may have undone it already
    if (database_->in_transaction()) database_->prepare("ROLLBACK").run();
  } catch (const sqlite::error& e) {
    broken_ = e;
  }
  if (batch_open_) lost_ = reason;
  batch_open_ = false;
  last_ = committed_;
  return reason;
}

} // namespace pillar::db
