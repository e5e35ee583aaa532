#include "actors/key_manager/rnp_keyring.hpp"

#include <algorithm>

namespace pillar::key_manager {

namespace {

using seconds = std::chrono::seconds;

constexpr std::size_t largest_secret = 64 << 10; // bytes; what generate makes has about 1 KiB
constexpr const char* hash = "SHA256";

// Octets that the passphrase's hash runs over. The least that OpenPGP can express is enough for 32 random bytes, which
// cannot be guessed; for what a person remembers, the most.
constexpr std::size_t octets_for_random = 1024;
constexpr std::size_t octets_for_human = 65'011'712;

seconds since_1970(rnp_keyring::time_point when) {
  return std::chrono::duration_cast<seconds>(when.time_since_epoch());
}

void check_user_id(std::string_view id) {
  auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (!id.empty() && id.size() <= longest_user_id && std::none_of(id.begin(), id.end(), control)) return;
  throw failure(errc::bad_request,
                "a user id has 1 to 128 bytes and no control characters: \"" + std::string(id.substr(0, 80)) + "\"");
}

rnp::key generate_primary(const rnp::ffi& store, const std::string& user_id) {
  rnp_op_generate_t created = nullptr;
  auto done = [](rnp_result_t outcome) { rnp::check(outcome, errc::internal, "generate the primary key"); };
  done(rnp_op_generate_create(&created, store.get(), "EDDSA"));
  rnp::generation operation(created);
  done(rnp_op_generate_set_hash(created, hash));
  done(rnp_op_generate_set_userid(created, user_id.c_str()));
  done(rnp_op_generate_clear_usage(created));
  done(rnp_op_generate_add_usage(created, "certify"));
  done(rnp_op_generate_set_expiration(created, 0)); // RNP's default is two years
  done(rnp_op_generate_execute(created));
  return rnp::made<rnp::key>(rnp_op_generate_get_key, created);
}

/// Through JSON, since rnp_op_generate_subkey_create refuses a primary key that does not sign documents.
void generate_subkey(const rnp::ffi& store, const std::string& primary, std::string_view kind, std::string_view usage) {
  auto request = R"({"sub": {"primary": {"fingerprint": ")" + primary + R"("}, )" + std::string(kind) + R"(, "hash": ")"
                 + hash + R"(", "usage": [")" + std::string(usage) + R"("], "expiration": 0}})";
  rnp::check(rnp_generate_key_json(store.get(), request.c_str(), nullptr), errc::internal, "generate a subkey");
}

void protect(const rnp::key& secret, const passphrase& with) {
  auto octets = with.is_random() ? octets_for_random : octets_for_human;
  rnp::check(rnp_key_protect(secret.get(), with.text.c_str(), "AES256", "CFB", hash, octets), errc::internal,
             "protect a key");
}

bytes export_key(const rnp::key& primary, std::uint32_t what) {
  auto to = rnp::collect(4 * largest_secret);
  rnp::check(rnp_key_export(primary.get(), to.get(), what | RNP_KEY_EXPORT_SUBKEYS), errc::internal, "export the keys");
  return rnp::collected(to);
}

[[noreturn]] void damaged(std::string_view problem) {
  throw failure(errc::damaged, "the stored keys " + std::string(problem)
                                   + ": they were left as they are; restore a copy of the database");
}

rnp::key import_own(const rnp::ffi& store, std::span<const std::byte> content) {
  if (content.empty() || content.size() > largest_secret) damaged("have an impossible size");
  auto from = rnp::read_from(content);
  constexpr auto flags = RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS;
  if (rnp_import_keys(store.get(), from.get(), flags, nullptr) != RNP_SUCCESS) damaged("cannot be read");
  auto primaries = rnp::primaries(store);
  if (primaries.size() != 1) damaged("are not one set of keys");
  return std::move(primaries.front());
}

/// The one subkey that signs, of a set in which every private part is there and protected.
rnp::key find_signing_key(const rnp::key& primary) {
  auto check_protected = [](const rnp::key& one) {
    if (!rnp::got<bool>(rnp_key_have_secret, one.get())) damaged("lack a private part");
    if (!rnp::got<bool>(rnp_key_is_protected, one.get())) damaged("are not protected by a passphrase, as they must be");
    if (!rnp::got<bool>(rnp_key_is_valid, one.get())) damaged("do not verify");
  };
  check_protected(primary);
  rnp::key signing;
  for (auto& one : rnp::subkeys(primary)) {
    check_protected(one);
    bool signs = false;
    rnp::check(rnp_key_allows_usage(one.get(), "sign", &signs), errc::internal, "examine a key");
    if (signs) signing = std::move(one);
  }
  if (!signing) damaged("have no signing key");
  return signing;
}

rnp_certificate certificate_of(const rnp::key& primary, rnp_keyring::time_point now) {
  auto content = export_key(primary, RNP_KEY_EXPORT_PUBLIC);
  try {
    return rnp_certificate::read(content, now);
  } catch (const failure& f) {
    damaged("do not verify (" + f.message() + ")");
  }
}

result<void> unlock_key(const rnp::key& secret, const passphrase& with) {
  auto outcome = rnp_key_unlock(secret.get(), with.text.c_str());
  if (outcome == RNP_SUCCESS) return {};
  return failure(errc::unavailable, "the passphrase of " + with.origin
                                        + " does not unlock the node's keys: give the one "
                                          "with which they were made");
}

failure clock_is_wrong(seconds now, seconds made) {
  return {errc::unavailable, "the system's clock (" + std::to_string(now.count())
                                 + " s since 1970) is before the making of the node's keys ("
                                 + std::to_string(made.count()) + " s): set the clock"};
}

bool is_fingerprint(std::string_view text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

bool same_fingerprint(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return 'A' <= c && c <= 'F' ? char(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

} // namespace

rnp_keyring::rnp_keyring(rnp::ffi store, rnp::key signing, rnp_certificate own, seconds made, bytes protected_secret,
                         clock now)
    : store_(std::move(store)), signing_(std::move(signing)), own_(std::move(own)), made_(made),
      protected_secret_(std::move(protected_secret)), now_(std::move(now)) {}

rnp_keyring rnp_keyring::generate(std::string_view user_id, const passphrase& protection, clock now) {
  check_user_id(user_id);
  auto store = rnp::make_ffi();
  rnp::set_clock(store, since_1970(now()));
  auto primary = generate_primary(store, std::string(user_id));
  auto fingerprint = rnp::fingerprint(primary.get());
  generate_subkey(store, fingerprint, R"("type": "EDDSA")", "sign");
  generate_subkey(store, fingerprint, R"("type": "ECDH", "curve": "Curve25519")", "encrypt");
  protect(primary, protection);
  for (auto& one : rnp::subkeys(primary)) protect(one, protection);
  // Reading it back proves that what will be stored can be used.
  return load(export_key(primary, RNP_KEY_EXPORT_SECRET), protection, std::move(now));
}

rnp_keyring rnp_keyring::load(std::span<const std::byte> protected_secret, const passphrase& protection, clock now) {
  auto store = rnp::make_ffi();
  auto time = now();
  rnp::set_clock(store, since_1970(time));
  auto primary = import_own(store, protected_secret);
  seconds made(rnp::got<std::uint32_t>(rnp_key_get_creation, primary.get()));
  if (since_1970(time) < made) throw clock_is_wrong(since_1970(time), made);
  auto signing = find_signing_key(primary);
  unlock_key(signing, protection).value();
  auto own = certificate_of(primary, time);
  return {std::move(store),
          std::move(signing),
          std::move(own),
          made,
          bytes(protected_secret.begin(), protected_secret.end()),
          std::move(now)};
}

certificate rnp_keyring::public_key() const {
  return {own_.fingerprint(), own_.armored()};
}

result<key_manager::signature> rnp_keyring::sign(std::span<const std::byte> message) const {
  if (message.size() > largest_message) {
    return failure(errc::too_large, "the message has " + std::to_string(message.size()) + " bytes: at most "
                                        + std::to_string(largest_message) + " can be signed; sign its CID");
  }
  if (rnp::got<bool>(rnp_key_is_locked, signing_.get())) {
    return failure(errc::unavailable, "the node's keys are locked: unlock them with their passphrase");
  }
  auto now = since_1970(now_());
  if (now < made_) return clock_is_wrong(now, made_);

  rnp::set_clock(store_, now);
  auto content = rnp::read_from(message);
  auto to = rnp::collect(largest_signature);
  auto done = [](rnp_result_t outcome) { rnp::check(outcome, errc::internal, "sign"); };
  rnp_op_sign_t created = nullptr;
  done(rnp_op_sign_detached_create(&created, store_.get(), content.get(), to.get()));
  rnp::signing operation(created);
  done(rnp_op_sign_set_hash(created, hash));
  done(rnp_op_sign_set_creation_time(created, static_cast<std::uint32_t>(now.count())));
  done(rnp_op_sign_add_signature(created, signing_.get(), nullptr));
  done(rnp_op_sign_execute(created));
  return key_manager::signature{rnp::collected(to), own_.fingerprint()};
}

result<verified> rnp_keyring::verify(std::span<const std::byte> message, std::span<const std::byte> signature,
                                     std::string_view signer) const {
  if (!signer.empty() && !is_fingerprint(signer)) {
    return failure(errc::bad_request,
                   "the signer is no fingerprint: give all 40 hexadecimal digits of the primary key's");
  }
  if (!signer.empty() && !same_fingerprint(signer, own_.fingerprint())) {
    return failure(errc::not_found, "the key " + std::string(signer) + " is not known here");
  }
  return own_.verify(message, signature, now_());
}

void rnp_keyring::lock() {
  rnp::check(rnp_key_lock(signing_.get()), errc::internal, "lock the keys");
}

result<void> rnp_keyring::unlock(const passphrase& protection) {
  return unlock_key(signing_, protection);
}

} // namespace pillar::key_manager
