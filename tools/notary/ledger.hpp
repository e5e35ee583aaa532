/// The ledger: what a notary recorded about the files of one directory. An entry is one version of one file; it is
/// never changed and never removed. The application's own interface: workers and plugins ask it like those of Pillar.
#pragma once

#include "interfaces/interface.hpp"
#include "interfaces/ipfs.hpp"
#include "interfaces/key_manager.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace ledger {

/// What tells the versions of a file apart without reading it: its size, and the times (since 1970) of the last change
/// to its content and to the file itself, which nobody can set back.
struct stamp {
  std::uint64_t size = 0;
  std::chrono::nanoseconds modified{};
  std::chrono::nanoseconds changed{};
  bool operator==(const stamp&) const = default;
};
BOOST_DESCRIBE_STRUCT(stamp, (), (size, modified, changed))

/// One version of a file. `name`: its path below the directory, in the bytes of the file system. `version`: 1, 2, ...
/// `signature` is over the text of the CID, so that anybody who has the node's public key can check it. `recorded`:
/// since 1970, UTC. `settled`: nobody had written to the file for a while when it was read, so that an equal stamp
/// means equal content.
struct entry {
  std::string name;
  std::uint32_t version = 1;
  pillar::ipfs::cid content;
  ledger::stamp stamp;
  bool settled = true;
  pillar::key_manager::signature signature;
  std::chrono::seconds recorded{};
  bool operator==(const entry&) const = default;
};
BOOST_DESCRIBE_STRUCT(entry, (), (name, version, content, stamp, settled, signature, recorded))

/// Enters a version; durable before the answer. The same version with the same content again is no error, so that an
/// answer which got lost does no harm. Errors: conflict (that version has other content), bad_request (no name, version
/// 0), storage_full, read_only.
struct enter {
  using reply = void;
  static constexpr bool idempotent = true;
  entry item;
};
BOOST_DESCRIBE_STRUCT(enter, (), (item))

/// All entries, the versions of a file one after the other; with `latest_only` its last one. Errors: damaged (names the
/// document), they come after the entries before it.
struct entries {
  using reply = pillar::stream<entry>;
  bool latest_only = false;
};
BOOST_DESCRIBE_STRUCT(entries, (), (latest_only))

/// What the check of an entry found.
enum class finding : std::uint8_t {
  intact,  ///< the content was read back whole, and the signature holds
  damaged, ///< the content, or the entry itself, cannot be read back as it was
  forged,  ///< the signature is not over this content by the key that it names
  unknown, ///< it could not be checked now
};
BOOST_DESCRIBE_ENUM(finding, intact, damaged, forged, unknown)

/// What became of the file itself, compared byte by byte with what was read back.
enum class original : std::uint8_t {
  same,
  changed,      ///< it was written to since: a newer version for the notary to record
  altered,      ///< its content differs though its stamp does not: something else than a program changed it
  missing,      ///< it was removed or renamed
  unreadable,   ///< it is no regular file any more, or may not be read
  not_compared, ///< the entry is not the file's last version, or its content could not be read back
};
BOOST_DESCRIBE_ENUM(original, same, changed, altered, missing, unreadable, not_compared)

/// `signed_at`: the time in the signature, since 1970. `problem` says what was wrong, for people.
struct verdict {
  entry item;
  ledger::finding finding = finding::unknown;
  ledger::original original = original::not_compared;
  std::chrono::seconds signed_at{};
  std::string problem;
};
BOOST_DESCRIBE_STRUCT(verdict, (), (item, finding, original, signed_at, problem))

/// Verifies every entry: reads its content back by CID, compares it with the file, checks the signature. The verdicts
/// come in the order of the entries, and none ends the stream early.
struct verify_all {
  using reply = pillar::stream<verdict>;
};
BOOST_DESCRIBE_STRUCT(verify_all, (), ())

/// A file or directory that cannot be recorded now, and why.
struct trouble {
  std::string name;
  std::string problem;
  bool operator==(const trouble&) const = default;
};
BOOST_DESCRIBE_STRUCT(trouble, (), (name, problem))

/// What a look at the directory passed over.
struct left_out {
  std::uint64_t hidden = 0;    ///< names that begin with a dot, with everything below
  std::uint64_t links = 0;     ///< symbolic links
  std::uint64_t special = 0;   ///< pipes, sockets, devices
  std::uint64_t caches = 0;    ///< directories marked by a CACHEDIR.TAG, and the node's own data
  std::uint64_t elsewhere = 0; ///< directories on other file systems
  bool operator==(const left_out&) const = default;
};
BOOST_DESCRIBE_STRUCT(left_out, (), (hidden, links, special, caches, elsewhere))

/// How far a notary is. A sweep is one look at the whole directory and the recording of what is new in it.
struct progress {
  std::uint64_t sweeps = 0; ///< finished ones
  std::uint64_t files = 0;  ///< regular files in the directory, at the last look
  std::uint64_t bytes = 0;  ///< in them
  std::uint64_t to_do = 0;  ///< files that this sweep looks into
  std::uint64_t to_do_bytes = 0;
  std::uint64_t done = 0; ///< of these, so far
  std::uint64_t done_bytes = 0;
  std::uint64_t recorded = 0; ///< entries made since the notary began
  ledger::left_out left_out;
  std::uint64_t troubled = 0;         ///< how many files and directories could not be recorded
  std::vector<trouble> troubles = {}; ///< at most `most_troubles` of them
  bool operator==(const progress&) const = default;
};
BOOST_DESCRIBE_STRUCT(progress, (),
                      (sweeps, files, bytes, to_do, to_do_bytes, done, done_bytes, recorded, left_out, troubled,
                       troubles))

inline constexpr std::size_t most_troubles = 100;

/// The notary says how far it is.
struct report {
  using reply = void;
  progress now;
};
BOOST_DESCRIBE_STRUCT(report, (), (now))

/// What the notary said last.
struct status {
  using reply = progress;
  static constexpr bool idempotent = true;
};
BOOST_DESCRIBE_STRUCT(status, (), ())

struct service : pillar::interface<"ledger", enter, entries, verify_all, report, status> {};
struct writer : pillar::narrow<service, enter, entries, report> {};
struct reader : pillar::narrow<service, entries, verify_all, status> {};

} // namespace ledger

extern template struct pillar::wire<ledger::service>;
