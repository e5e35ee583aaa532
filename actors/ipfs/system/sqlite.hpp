/// SQLite with its errors as failures. One connection, and its statements, for one thread at a time.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace pillar::ipfs::engine {

/// A prepared statement. Text and blobs that are bound must live until `reset`.
class sqlite_statement {
public:
  sqlite_statement(sqlite3* connection, std::string_view sql);

  void bind(int at, std::int64_t value);
  void bind(int at, bytes_view value);
  void bind(int at, std::string_view value);

  bool step(); ///< whether there is a row
  void run();  ///< executes a statement without rows, and resets it
  void reset();

  std::int64_t number(int column) const;
  bytes_view blob(int column) const; ///< until the next step
  std::string text(int column) const;

private:
  struct finalize {
    void operator()(sqlite3_stmt* s) const;
  };
  std::unique_ptr<sqlite3_stmt, finalize> statement_;
};

/// Resets a statement at the end of a scope, so that it holds no old snapshot.
class statement_use {
public:
  explicit statement_use(sqlite_statement& s) : statement_(s) {}
  statement_use(const statement_use&) = delete;
  statement_use& operator=(const statement_use&) = delete;
  ~statement_use() { statement_.reset(); }
  sqlite_statement* operator->() { return &statement_; }

private:
  sqlite_statement& statement_;
};

class sqlite_connection {
public:
  enum class mode { create, read_write, read_only };

  /// Opens a database file, or what a URI beginning with "file:" names. Throws storage_full, read_only, damaged (no
  /// sound database), io_error, naming the file.
  sqlite_connection(const std::string& file, mode m);

  sqlite_statement prepare(std::string_view sql) { return {connection_.get(), sql}; }
  void execute(const std::string& sql);
  std::int64_t number(const std::string& sql); ///< the first column of the first row; 0 without one

  /// Everything that `work` does becomes one transaction; when it throws, none of it.
  template <class Work> void transaction(const Work& work) {
    execute("BEGIN IMMEDIATE");
    try {
      work();
      execute("COMMIT");
    } catch (...) {
      roll_back();
      throw;
    }
  }

private:
  void roll_back() noexcept;

  struct close {
    void operator()(sqlite3* c) const;
  };
  std::unique_ptr<sqlite3, close> connection_;
};

} // namespace pillar::ipfs::engine
