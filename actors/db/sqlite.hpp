/// A thin layer over SQLite's C API: one connection with its statements, errors as exceptions, and the guards that undo
/// what was not finished. It knows nothing of documents.
#pragma once

#include "interfaces/error.hpp"
#include "interfaces/interface.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_file;
struct sqlite3_stmt;

namespace pillar::db::sqlite {

/// What SQLite refused, with its extended result code. The message names the file.
class error : public failure {
public:
  error(int code, errc meaning, std::string message) : failure(meaning, std::move(message)), code_(code) {}
  int code() const noexcept { return code_; }
  /// The code without its details: SQLITE_IOERR for SQLITE_IOERR_FSYNC.
  int primary_code() const noexcept { return code_ & 0xff; }

private:
  int code_;
};

/// One use of a prepared statement: parameters in, rows out. Given back to its connection at the end, without its
/// parameters, so text and bytes bound to it are borrowed until then. Parameters and columns count from 1 and 0.
class query {
public:
  query(query&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)), in_(other.in_) {}
  query& operator=(query&&) = delete;
  ~query();

  query& bind(int parameter, std::string_view text);
  query& bind(int parameter, std::span<const std::byte> blob);
  query& bind(int parameter, std::int64_t number);

  /// Goes to the next row; false after the last one.
  bool step();
  /// Runs a statement that has no rows.
  void run();

  std::int64_t number(int column) const;
  /// Both are valid until the next step.
  std::string_view text(int column) const;
  std::span<const std::byte> blob(int column) const;

private:
  friend class connection;
  query(sqlite3_stmt* statement, class connection& in) : statement_(statement), in_(&in) {}
  void check(int code) const;

  sqlite3_stmt* statement_;
  class connection* in_;
};

/// A connection to an existing database file. One owner, no locking of its own.
class connection {
public:
  /// Opens without reading a byte: the file stays as it is. `vfs` names SQLite's file layer, empty for the platform's.
  connection(const std::filesystem::path& file, const std::string& vfs);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection();

  const std::filesystem::path& file() const noexcept { return file_; }

  /// A statement, prepared at its first use and kept: `sql` should be a constant of the program.
  query prepare(std::string_view sql);
  /// Runs statements one after another; their rows are dropped.
  void execute(const char* sql);
  /// The first column of a statement's first row, as SQLite turns it into text; empty without a row.
  std::string ask(const char* sql);

  /// Whether a transaction is open. SQLite ends one by itself when storage fails.
  bool in_transaction() const noexcept;
  /// Whether closing writes the log back into the database file, and removes the log: true unless forbidden.
  void write_back_on_close(bool allowed) noexcept;
  /// The first `size` bytes of the file as they lie there, fewer if it is shorter. Takes no lock. (Opening the file a
  /// second time instead would drop the locks that this process holds on it: a trap of POSIX locks.)
  bytes first_bytes(std::size_t size) const;

  sqlite3* native() const noexcept { return handle_.get(); }
  /// Throws what `code` means, if it is no success.
  void check(int code) const;

private:
  struct closer {
    void operator()(sqlite3* handle) const noexcept;
  };
  struct finalizer {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };

  std::filesystem::path file_;
  std::unique_ptr<sqlite3, closer> handle_;
  std::unordered_map<std::string_view, std::unique_ptr<sqlite3_stmt, finalizer>> statements_;
};

/// Undoes what happened inside it, and nothing else of the transaction, unless it was kept.
class savepoint {
public:
  explicit savepoint(connection& in);
  savepoint(const savepoint&) = delete;
  savepoint& operator=(const savepoint&) = delete;
  ~savepoint();
  void keep();

private:
  connection& in_;
  bool open_ = true;
};

} // namespace pillar::db::sqlite
