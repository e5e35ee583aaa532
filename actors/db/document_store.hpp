/// What a place for documents does: one small class that memory, SQLite and later PostgreSQL implement alike.
#pragma once

#include "interfaces/db.hpp"
#include "interfaces/error.hpp"

#include <string_view>

namespace pillar::db {

/// Documents in spaces, written in batches. `space` is the name of the asking actor: 1 to 255 bytes of UTF-8 without
/// control characters; documents of one space are not seen from another. What each request promises stands in
/// interfaces/db.hpp. Not thread-safe: one owner, who may hand it over to another thread between calls.
///
/// The first put or remove opens a batch, commit() ends it:
/// - a put or remove answers a provisional revision. Nobody may be told before commit() succeeds;
/// - one that fails by itself (conflict, not_found, bad_request, too_large) takes no other with it;
/// - when storage fails (storage_full, io_error ...), the whole batch is undone: that write, all later ones and
///   commit() answer that failure. The next batch starts afresh;
/// - get and list see the open batch. If its commit() fails, what they answered in between may never have been: ask
///   them again.
class document_store {
public:
  virtual ~document_store() = default;

  virtual result<document> get(std::string_view space, const db::get& request) = 0;
  virtual result<page> list(std::string_view space, const db::list& request) = 0;
  virtual result<revision> put(std::string_view space, const db::put& request) = 0;
  virtual result<revision> remove(std::string_view space, const db::remove& request) = 0;

  /// Makes the open batch durable, or undoes it as a whole and says why. Success without an open batch.
  virtual result<void> commit() = 0;

  /// Why this store is of no more use until it is closed and opened again; null while it is sound. Every other call
  /// answers the same failure from then on.
  virtual const failure* broken() const noexcept = 0;
};

} // namespace pillar::db
