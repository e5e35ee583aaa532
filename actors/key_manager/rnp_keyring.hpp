/// The node's own OpenPGP keys: it signs with them and verifies, and no call returns a private key in the clear.
#pragma once

#include "actors/key_manager/passphrase.hpp"
#include "actors/key_manager/rnp.hpp"
#include "actors/key_manager/rnp_certificate.hpp"
#include "interfaces/key_manager.hpp"

#include <chrono>
#include <functional>
#include <span>
#include <string_view>

namespace pillar::key_manager {

inline constexpr std::size_t longest_user_id = 128; ///< bytes; RNP takes no longer one

/// An Ed25519 primary key that only certifies, an Ed25519 subkey that signs, an X25519 subkey to encrypt to; none
/// expires. Only the signing subkey is unlocked, and only in memory: a freshly generated keyring that is never stored
/// is the in-memory backend of this interface. Not thread-safe: one owner, who may hand it over between calls.
class rnp_keyring {
public:
  using time_point = std::chrono::system_clock::time_point;
  using clock = std::function<time_point()>;

  /// Makes new keys. A random passphrase is used as it is; any other is stretched as far as OpenPGP allows (65,011,712
  /// octets of SHA-256), which takes about 1 s here and 0.2 s at each load. Throws failure: bad_request (user id empty,
  /// over 128 bytes or with control characters), unsupported (a version of RNP that must not be used).
  static rnp_keyring generate(std::string_view user_id, const passphrase& protection, clock now = system_clock());

  /// Opens what protected_secret() gave, and unlocks the signing key. Throws failure: unavailable (the passphrase does
  /// not fit, or the clock is before the keys' creation), damaged (no such keys, keys that are not protected, or that
  /// do not verify), unsupported.
  static rnp_keyring load(std::span<const std::byte> protected_secret, const passphrase& protection,
                          clock now = system_clock());

  rnp_keyring(rnp_keyring&&) = default;
  rnp_keyring& operator=(rnp_keyring&&) = delete; // would end the store before the handles into it

  /// The keys to be stored: a transferable secret key (RFC 4880, section 11.2), every private part encrypted with the
  /// passphrase (AES-256, iterated and salted SHA-256). About 1 KiB.
  const bytes& protected_secret() const noexcept { return protected_secret_; }

  /// As key_manager::public_key answers.
  certificate public_key() const;

  /// As key_manager::sign answers. Also unavailable when the clock is before the keys' creation: nobody would accept
  /// such a signature.
  result<key_manager::signature> sign(std::span<const std::byte> message) const;

  /// As key_manager::verify answers; `signer` empty: any known key, which for now is the own one.
  result<verified> verify(std::span<const std::byte> message, std::span<const std::byte> signature,
                          std::string_view signer = {}) const;

  /// Wipes the private key from memory. sign answers unavailable until unlock.
  void lock();
  /// Errors: unavailable (the passphrase does not fit).
  result<void> unlock(const passphrase& protection);

  static clock system_clock() {
    return [] { return std::chrono::system_clock::now(); };
  }

private:
  rnp_keyring(rnp::ffi store, rnp::key signing, rnp_certificate own, std::chrono::seconds made, bytes protected_secret,
              clock now);

  rnp::ffi store_;
  rnp::key signing_; // the subkey; before store_ goes
  rnp_certificate own_;
  std::chrono::seconds made_;
  bytes protected_secret_;
  clock now_;
};

} // namespace pillar::key_manager
