/// The KeyManager: the node's OpenPGP keys (Ed25519 and X25519). It signs and verifies; no request returns a private
/// key.
#pragma once

#include "interfaces/interface.hpp"

#include <boost/describe/class.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace pillar::key_manager {

inline constexpr std::size_t largest_message = 1 << 20; ///< bytes that may be signed or verified in one request

/// A detached OpenPGP signature, binary. `signer`: the full fingerprint of the primary key, 40 upper-case hex digits.
struct signature {
  bytes data;
  std::string signer;
  bool operator==(const signature&) const = default;
};
BOOST_DESCRIBE_STRUCT(signature, (), (data, signer))

/// Signs `message` (at most 1 MiB) with the node's signing subkey. Errors: too_large, unavailable (keys are locked).
struct sign {
  using reply = signature;
  bytes message;
};
BOOST_DESCRIBE_STRUCT(sign, (), (message))

/// A signature that holds. `made`: seconds since 1970, UTC.
struct verified {
  std::string signer;
  std::chrono::seconds made{};
  bool operator==(const verified&) const = default;
};
BOOST_DESCRIBE_STRUCT(verified, (), (signer, made))

/// Checks a detached signature over `message` by a key that this KeyManager knows; with `signer` (a full fingerprint)
/// only by that one. Errors: verification_failed (forged, expired, made in the future, or by another key), not_found
/// (unknown signer), bad_request (no signature), too_large.
struct verify {
  using reply = verified;
  static constexpr bool idempotent = true;
  bytes message;
  bytes signature;
  std::string signer = {};
};
BOOST_DESCRIBE_STRUCT(verify, (), (message, signature, signer))

/// A public key (transferable OpenPGP certificate, ASCII armoured) and its primary fingerprint.
struct certificate {
  std::string fingerprint;
  std::string armored;
  bool operator==(const certificate&) const = default;
};
BOOST_DESCRIBE_STRUCT(certificate, (), (fingerprint, armored))

/// The node's own certificate.
struct public_key {
  using reply = certificate;
  static constexpr bool idempotent = true;
};
BOOST_DESCRIBE_STRUCT(public_key, (), ())

struct service : interface<"key_manager", sign, verify, public_key> {};
struct signer : narrow<service, sign, public_key> {};
struct verifier : narrow<service, verify, public_key> {};

} // namespace pillar::key_manager

extern template struct pillar::wire<pillar::key_manager::service>;
