/// Documents in one SQLite file, each write durable once its batch is committed.
#pragma once

#include "actors/db/document_store.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace pillar::db {

namespace sqlite {
class connection;
class error;
} // namespace sqlite

struct sqlite_options {
  std::string vfs; ///< SQLite's file layer by name; empty for the platform's. For fault injection.
};

/// A document_store in a SQLite file with a write-ahead log: commit() returns once the log is on the disk (one fsync
/// for the whole batch). The file belongs to this store alone while it is open. Not thread-safe: one owner.
///
/// A full disk fails the open batch; what was committed stays, reads go on, and writes work again when there is space.
/// Damage, or a disk that refuses to synchronise, makes the store broken().
class sqlite_store final : public document_store {
public:
  /// Opens the database, or makes a new one (0600, missing directories 0700). All of it is checked first, which takes
  /// about 1 ms a MiB; a file that is refused is neither changed nor deleted. Throws failure: in_use (by another
  /// process or store), damaged, unsupported (another program's, or a newer Pillar's), read_only, storage_full,
  /// not_found, io_error.
  static std::unique_ptr<sqlite_store> open(const std::filesystem::path& file, const sqlite_options& options = {});

  /// Undoes the open batch, writes the log back into the file and closes it.
  ~sqlite_store() override;

  result<document> get(std::string_view space, const db::get& request) override;
  result<page> list(std::string_view space, const db::list& request) override;
  result<revision> put(std::string_view space, const db::put& request) override;
  result<revision> remove(std::string_view space, const db::remove& request) override;
  result<void> commit() override;
  const failure* broken() const noexcept override { return broken_ ? &*broken_ : nullptr; }

private:
  explicit sqlite_store(std::unique_ptr<sqlite::connection> database);

  template <class Read> auto read(Read answer) -> decltype(answer());
  template <class Write> result<revision> write(Write change);
  revision current_revision(std::string_view space, std::string_view key);
  void begin_batch();
  void end_batch();
  failure undo_batch(const sqlite::error& reason);

  std::unique_ptr<sqlite::connection> database_;
  bool batch_open_ = false;
  revision committed_ = 0;      // the last revision of a committed batch
  revision last_ = 0;           // the last revision given out, perhaps in the open batch
  std::optional<failure> lost_; // why the batch was undone, until commit() has said so
  std::optional<failure> broken_;
};

} // namespace pillar::db
