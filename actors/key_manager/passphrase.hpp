/// The passphrase that protects the node's private keys on disk, and where it comes from.
#pragma once

#include "actors/key_manager/secret.hpp"
#include "interfaces/error.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace pillar::key_manager {

inline constexpr std::size_t longest_passphrase = 255; ///< bytes; RNP takes no longer one

/// A passphrase, and where it was found ("file /var/lib/pillar/passphrase"), for messages.
struct passphrase {
  secret text;
  std::string origin;

  /// Whether it is 32 random bytes as 64 hexadecimal digits, such as this program makes (and `openssl rand -hex 32`).
  /// No guessing reaches that, so it needs no stretching by a slow hash, which any other passphrase gets.
  bool is_random() const noexcept;
};

struct passphrase_places {
  std::filesystem::path file;      ///< from the configuration; empty: none
  std::filesystem::path directory; ///< the node's data directory, for a passphrase of the program's own
};

/// Finds the passphrase, in this order: the systemd credential `pillar-key`; the configured file; the environment
/// variable PILLAR_PASSPHRASE; the file `passphrase` in the data directory. One line break at its end does not count.
class passphrase_source {
public:
  /// Takes PILLAR_PASSPHRASE out of the environment, so that no child process and no crash report gets it. Changing the
  /// environment is not safe beside other threads: make the source before they run, and keep it as long as the node.
  explicit passphrase_source(passphrase_places places);
  /// A random passphrase that is never written anywhere, and that find() always gives: for keys that need not outlive
  /// the process. Throws failure: io_error (no random bytes).
  static passphrase_source in_memory();

  /// The passphrase; none if no place has one. A place that is configured but unusable is an error, not skipped. Throws
  /// failure: not_found (the configured file), bad_request (empty, too long, a zero byte, no regular file, or open to
  /// others: owner must be this user and the mode 0600 or less), read_only (no right to read it), io_error.
  std::optional<passphrase> find() const;

  /// Makes a random passphrase and keeps it in the data directory, 0600 and durable before the answer. Throws failure:
  /// already_exists, read_only, storage_full, not_found, io_error.
  passphrase generate() const;

  /// What to answer when there are keys but no passphrase: it names the places.
  failure missing() const;

private:
  passphrase_source() = default;
  std::filesystem::path own_file() const { return places_.directory / "passphrase"; }

  std::optional<passphrase> held_;
  passphrase_places places_;
  secret from_environment_;
};

} // namespace pillar::key_manager
