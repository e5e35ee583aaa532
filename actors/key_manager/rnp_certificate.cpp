#include "actors/key_manager/rnp_certificate.hpp"

#include <string>
#include <string_view>

namespace pillar::key_manager {

namespace {

using seconds = std::chrono::seconds;
using time_point = std::chrono::system_clock::time_point;

seconds since_1970(time_point when) {
  return std::chrono::duration_cast<seconds>(when.time_since_epoch());
}

std::string_view text_of(std::span<const std::byte> content) {
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

void import(const rnp::ffi& store, std::span<const std::byte> content) {
  // Private keys are loaded too, only to find that there are none. PERMISSIVE: a subkey of an unknown kind is left out.
  constexpr auto flags = RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS | RNP_LOAD_SAVE_PERMISSIVE;
  auto from = rnp::read_from(content);
  rnp::check(rnp_import_keys(store.get(), from.get(), flags, nullptr), errc::bad_request, "read the certificate");
}

void require(bool condition, const char* otherwise) {
  if (!condition) throw failure(errc::bad_request, "the certificate " + std::string(otherwise));
}

bool has_valid_user_id(const rnp::key& primary) {
  auto count = rnp::got<std::size_t>(rnp_key_get_uid_count, primary.get());
  require(count <= most_user_ids, "has more than 16 user ids: strip it");
  for (std::size_t i = 0; i < count; ++i) {
    auto one = rnp::made<rnp::uid>(rnp_key_get_uid_handle_at, primary.get(), i);
    if (rnp::got<bool>(rnp_uid_is_valid, one.get())) return true;
  }
  return false;
}

bool is_armored(std::string_view text) {
  return text.starts_with("-----BEGIN PGP SIGNATURE-----");
}

/// Whether the first packet's tag is 2, in the old or the new format (RFC 4880, section 4.2). Anything else would send
/// RNP into decompression or decryption.
bool begins_with_signature_packet(std::span<const std::byte> content) {
  if (content.empty()) return false;
  auto head = std::to_integer<unsigned>(content[0]);
  return (head & 0xC0) == 0xC0 ? (head & 0x3F) == 2 : (head & 0xC0) == 0x80 && (head >> 2 & 0x0F) == 2;
}

bool is_sha2(std::string_view hash) {
  return hash == "SHA256" || hash == "SHA384" || hash == "SHA512";
}

/// What RNP found in one run.
struct finding {
  std::size_t signatures = 0;
  rnp_result_t status = RNP_ERROR_GENERIC; // of the only signature
  seconds made{}, expires{};               // `expires`: after `made`; 0: never
  std::string type, hash;
  bool by_signing_key = false;
  std::string signer; // fingerprint of the primary key
};

finding run_verification(const rnp::ffi& store, std::span<const std::byte> message,
                         std::span<const std::byte> signature, seconds clock) {
  rnp::set_clock(store, clock);
  auto content = rnp::read_from(message);
  auto detached = rnp::read_from(signature);
  rnp_op_verify_t created = nullptr;
  rnp::check(rnp_op_verify_detached_create(&created, store.get(), content.get(), detached.get()), errc::internal,
             "verify");
  rnp::verification operation(created);
  rnp::check(rnp_op_verify_set_flags(created, RNP_VERIFY_REQUIRE_ALL_SIGS), errc::internal, "verify");
  auto outcome = rnp_op_verify_execute(created);

  finding found;
  found.signatures = rnp::got<std::size_t>(rnp_op_verify_get_signature_count, created);
  if (found.signatures != 1) return found;
  auto one = rnp::got<rnp_op_verify_signature_t>(rnp_op_verify_get_signature_at, created, std::size_t(0));
  auto status = rnp_op_verify_signature_get_status(one);
  // RNP's two answers must agree before a signature counts.
  found.status = status == RNP_SUCCESS ? outcome : status;
  std::uint32_t made = 0, expires = 0;
  rnp::check(rnp_op_verify_signature_get_times(one, &made, &expires), errc::internal, "verify");
  found.made = seconds(made);
  found.expires = seconds(expires);
  found.hash = rnp::text(rnp_op_verify_signature_get_hash, one);
  found.type =
      rnp::text(rnp_signature_get_type, rnp::made<rnp::signature>(rnp_op_verify_signature_get_handle, one).get());
  if (found.status != RNP_SUCCESS) return found;
  // RNP finds the key to verify with by its fingerprint, and this one by its short id, which a signature may
  // contradict.
  rnp_key_handle_t handle = nullptr;
  if (rnp_op_verify_signature_get_key(one, &handle) != RNP_SUCCESS) return found;
  rnp::key key(handle);
  bool allowed = false;
  rnp::check(rnp_key_allows_usage(key.get(), "sign", &allowed), errc::internal, "verify");
  found.by_signing_key = allowed;
  found.signer = rnp::primary_fingerprint(key.get());
  return found;
}

failure failed(std::string_view problem) {
  return {errc::verification_failed, "the signature " + std::string(problem)};
}

failure judge_failure(const finding& found, const std::string& fingerprint, seconds now) {
  if (found.status == RNP_ERROR_KEY_NOT_FOUND) {
    return {errc::not_found, "the signature was made by another key than " + fingerprint + ", one that is not known"};
  }
  if (found.status != RNP_ERROR_SIGNATURE_EXPIRED) return failed("does not verify: message or signature were changed");
  if (found.made > now) return failed("was made in the future: check the clocks of both machines");
  return failed("has expired");
}

} // namespace

rnp_certificate rnp_certificate::read(std::span<const std::byte> content, time_point now) {
  if (content.size() > largest_certificate) {
    throw failure(errc::too_large, "the certificate has " + std::to_string(content.size()) + " bytes: at most "
                                       + std::to_string(largest_certificate) + " are possible; strip it");
  }
  auto store = rnp::make_ffi();
  // A certificate may be younger than this machine's clock, as a signature may.
  rnp::set_clock(store, since_1970(now + clock_skew));
  import(store, content);
  require(rnp::got<std::size_t>(rnp_get_secret_key_count, store.get()) == 0,
          "contains a private key, which must stay with its owner: export the public key");
  auto primaries = rnp::primaries(store);
  require(primaries.size() == 1, "is not one public key: give exactly one");
  auto& primary = primaries.front();
  require(rnp::got<std::size_t>(rnp_key_get_subkey_count, primary.get()) <= most_subkeys,
          "has more than 16 subkeys: strip it");
  require(rnp::got<bool>(rnp_key_is_valid, primary.get()), "is not valid: expired, revoked, or not signed by itself");
  require(has_valid_user_id(primary), "has no valid user id");
  auto fingerprint = rnp::fingerprint(primary.get());
  return {std::move(store), std::move(primary), std::move(fingerprint)};
}

std::string rnp_certificate::armored() const {
  auto to = rnp::collect(4 * largest_certificate);
  constexpr auto flags = RNP_KEY_EXPORT_ARMORED | RNP_KEY_EXPORT_PUBLIC | RNP_KEY_EXPORT_SUBKEYS;
  rnp::check(rnp_key_export(primary_.get(), to.get(), flags), errc::internal, "export a certificate");
  auto text = std::string(text_of(rnp::collected(to)));
  std::erase(text, '\r'); // RNP ends lines as on Windows; readers take either, and people see less of this one
  return text;
}

result<verified> rnp_certificate::verify(std::span<const std::byte> message, std::span<const std::byte> signature,
                                         time_point now) const {
  if (message.size() > largest_message) {
    return failure(errc::too_large, "the message has " + std::to_string(message.size()) + " bytes: at most "
                                        + std::to_string(largest_message) + " can be verified");
  }
  if (signature.size() > largest_signature) {
    return failure(errc::too_large, "the signature has " + std::to_string(signature.size()) + " bytes: at most "
                                        + std::to_string(largest_signature) + " are possible");
  }
  if (!begins_with_signature_packet(signature) && !is_armored(text_of(signature))) {
    return failure(errc::bad_request, "this is no OpenPGP signature: give a detached one, binary or armoured");
  }
  auto clock = since_1970(now);
  auto found = run_verification(store_, message, signature, clock);
  bool a_little_ahead = found.made > clock && found.made <= clock + clock_skew;
  if (found.status == RNP_ERROR_SIGNATURE_EXPIRED && a_little_ahead) {
    found = run_verification(store_, message, signature, found.made);
  }
  if (found.signatures == 0) {
    return failure(errc::bad_request, "this is no complete OpenPGP signature: give a detached one, binary or armoured");
  }
  if (found.signatures > 1) return failure(errc::bad_request, "there are several signatures: give one");
  if (found.status != RNP_SUCCESS) return judge_failure(found, fingerprint_, clock);
  if (found.type != "binary") return failed("is over text, which leaves line ends open: sign in binary mode");
  if (!is_sha2(found.hash)) return failed("uses the hash " + found.hash + ": sign with SHA-256, SHA-384 or SHA-512");
  if (!found.by_signing_key) return failed("is by a key that may not sign");
  if (found.signer != fingerprint_) return failed("is by " + found.signer + ", not by " + fingerprint_);
  return verified{fingerprint_, found.made};
}

} // namespace pillar::key_manager
