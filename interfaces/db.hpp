/// The DB: documents with revisions, in one namespace per asking actor. A reply to a write means that it is durable.
#pragma once

#include "interfaces/interface.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pillar::db {

/// Position in the database's single order of writes; grows by at least 1 with each. 0 stands for "no such document".
using revision = std::uint64_t;

inline constexpr std::size_t longest_key = 512;       ///< bytes
inline constexpr std::size_t largest_value = 1 << 20; ///< bytes; a message stays below what a cluster link likes
inline constexpr std::uint32_t most_listed = 1000;    ///< entries a page

struct document {
  bytes value;
  db::revision revision = 0;
  bool operator==(const document&) const = default;
};
BOOST_DESCRIBE_STRUCT(document, (), (value, revision))

/// Reads the document under `key`. Errors: not_found, bad_request (no valid key).
struct get {
  using reply = document;
  static constexpr bool idempotent = true;
  std::string key;
};
BOOST_DESCRIBE_STRUCT(get, (), (key))

/// Writes the document under `key` (1 to 512 bytes of UTF-8 without control characters; no part between slashes may be
/// empty, "." or ".."). With `if_revision`, only when the document's revision still equals it; 0 means that there must
/// be none. Answers the new revision. Errors: conflict (the message holds the current revision), bad_request, too_large
/// (value over 1 MiB), storage_full, read_only.
struct put {
  using reply = revision;
  std::string key;
  bytes value;
  std::optional<revision> if_revision = {};
};
BOOST_DESCRIBE_STRUCT(put, (), (key, value, if_revision))

/// Removes the document under `key` and answers the revision of the removal. Errors: not_found, conflict, bad_request,
/// storage_full, read_only.
struct remove {
  using reply = revision;
  std::string key;
  std::optional<revision> if_revision = {};
};
BOOST_DESCRIBE_STRUCT(remove, (), (key, if_revision))

/// One listed document; `value` is empty unless values were asked for.
struct entry {
  std::string key;
  db::revision revision = 0;
  std::uint64_t size = 0;
  bytes value;
  bool operator==(const entry&) const = default;
};
BOOST_DESCRIBE_STRUCT(entry, (), (key, revision, size, value))

/// `next` is what to put into `after` for the next page; none on the last page.
struct page {
  std::vector<entry> entries;
  std::optional<std::string> next;
  bool operator==(const page&) const = default;
};
BOOST_DESCRIBE_STRUCT(page, (), (entries, next))

/// The documents whose keys begin with `prefix` and follow `after`, in bytewise order of keys. A page holds at most
/// `limit` entries (1 to 1000) and at most 1 MiB of values, but at least one entry. Errors: bad_request.
struct list {
  using reply = page;
  static constexpr bool idempotent = true;
  std::string prefix = {};
  std::string after = {};
  std::uint32_t limit = 100;
  bool with_values = false;
};
BOOST_DESCRIBE_STRUCT(list, (), (prefix, after, limit, with_values))

struct service : interface<"db", get, put, remove, list> {};
struct documents : narrow<service, get, put, remove, list> {};
struct reader : narrow<service, get, list> {};

} // namespace pillar::db

extern template struct pillar::wire<pillar::db::service>;
