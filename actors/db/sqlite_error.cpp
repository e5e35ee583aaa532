#include "actors/db/sqlite_error.hpp"

#include <cerrno>
#include <system_error>

#include <sqlite3.h>

namespace pillar::db::sqlite {

namespace {

struct meaning {
  errc code;
  const char* sentence; // goes behind the file's name
};

/// SQLITE_FULL is only a failed write; other calls that find the disk full report an I/O error.
meaning of_io_error(int system_errno) {
  switch (system_errno) {
    case ENOSPC:
    case EDQUOT: return {errc::storage_full, "has no space left: free some, and writing goes on by itself"};
    case EROFS:
    case EACCES:
    case EPERM: return {errc::read_only, "cannot be written: check the rights and the mount of its directory"};
    default: return {errc::io_error, "could not be read or written: check the disk and the system's log"};
  }
}

meaning meaning_of(int code, int system_errno) {
  switch (code & 0xff) {
    case SQLITE_FULL: return of_io_error(ENOSPC);
    case SQLITE_READONLY:
    case SQLITE_PERM: return of_io_error(EACCES);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: return of_io_error(system_errno);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {errc::in_use, "is in use by another node or program: stop that one, or choose another data directory"};
    case SQLITE_CORRUPT:
      return {errc::damaged, "is damaged: it was left as it is; restore a copy, or move it aside to start empty"};
    case SQLITE_NOTADB:
      return {errc::damaged, "is no database: it was left as it is; move it aside, or choose another data directory"};
    case SQLITE_NOMEM: return {errc::overloaded, "could not be used: out of memory"};
    case SQLITE_TOOBIG: return {errc::too_large, "takes no value of that size"};
    case SQLITE_INTERRUPT: return {errc::cancelled, "was interrupted"};
    default: return {errc::internal, "was used wrongly, a defect of this program"};
  }
}

} // namespace

error error_of(int code, int system_errno, const std::filesystem::path& file, std::string_view detail) {
  auto [meaning, sentence] = meaning_of(code, system_errno);
  auto message = "database " + file.string() + " " + sentence + " (SQLite " + std::to_string(code) + ": ";
  message += detail;
  if (system_errno != 0) message += "; " + std::generic_category().message(system_errno);
  return {code, meaning, message + ")"};
}

} // namespace pillar::db::sqlite
