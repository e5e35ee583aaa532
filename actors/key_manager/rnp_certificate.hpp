/// One public key of somebody, in a key store of its own.
#pragma once

#include "actors/key_manager/rnp.hpp"
#include "interfaces/key_manager.hpp"

#include <chrono>
#include <span>
#include <string>

namespace pillar::key_manager {

inline constexpr std::size_t largest_certificate = 64 << 10; ///< bytes, armoured or not; parsing time stays below 10 ms
inline constexpr std::size_t largest_signature = 8 << 10;    ///< bytes; a signature of RSA-16384 has about 2 KiB
inline constexpr std::size_t most_user_ids = 16;
inline constexpr std::size_t most_subkeys = 16;

/// How far another machine's clock may be ahead.
inline constexpr std::chrono::minutes clock_skew{5};

/// A transferable public key (RFC 4880, section 11.1), checked once, that verifies signatures. Each has an RNP key
/// store of its own: in one that is shared, a forged certificate can hide another's subkeys. Not thread-safe: one
/// owner.
class rnp_certificate {
public:
  /// Reads one certificate, binary or armoured. Throws failure: bad_request (none, several, a private key, no valid
  /// user id or self-signature, too many parts), too_large.
  static rnp_certificate read(std::span<const std::byte> content, std::chrono::system_clock::time_point now);

  rnp_certificate(rnp_certificate&&) = default;
  rnp_certificate& operator=(rnp_certificate&&) = delete; // would end the store before the handles into it

  const std::string& fingerprint() const noexcept { return fingerprint_; }

  /// The certificate in ASCII armour, with its subkeys and without any private part.
  std::string armored() const;

  /// Checks a detached signature, binary or armoured, over exactly these bytes: there is one, it is of this
  /// certificate's signing (sub)key, with SHA-2, neither expired nor made later than `now`, give or take clock_skew.
  /// Errors: verification_failed, not_found (made by another key), bad_request (no signature, or several), too_large.
  result<verified> verify(std::span<const std::byte> message, std::span<const std::byte> signature,
                          std::chrono::system_clock::time_point now) const;

private:
  rnp_certificate(rnp::ffi store, rnp::key primary, std::string fingerprint)
      : store_(std::move(store)), primary_(std::move(primary)), fingerprint_(std::move(fingerprint)) {}

  rnp::ffi store_;
  rnp::key primary_; // before store_ goes
  std::string fingerprint_;
};

} // namespace pillar::key_manager
