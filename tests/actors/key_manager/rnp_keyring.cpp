#include "actors/key_manager/rnp_keyring.hpp"
#include "tests/actors/key_manager/keys.hpp"
#include "tests/support/bytes.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace pillar;
using namespace pillar::test::literals;
using namespace std::chrono_literals;

using key_manager::rnp_keyring;

namespace {

template <class T> errc code_of(const result<T>& outcome) {
  REQUIRE(!outcome.has_value());
  return outcome.error().code();
}

template <class F> failure failure_of(F action) {
  try {
    action();
  } catch (const failure& f) {
    return f;
  }
  FAIL("it succeeded");
  return {errc::internal, ""};
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// A signature that the engine itself never makes: one that expires.
bytes expiring_signature(const rnp_keyring& keys, const bytes& message, std::chrono::seconds after) {
  namespace rnp = key_manager::rnp;
  auto store = rnp::make_ffi();
  rnp::set_clock(store, test::then);
  auto from = rnp::read_from(keys.protected_secret());
  REQUIRE(rnp_import_keys(store.get(), from.get(), RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS, nullptr)
          == RNP_SUCCESS);
  auto subkeys = rnp::subkeys(rnp::primaries(store).front());
  auto& signing = subkeys.front();
  REQUIRE(rnp_key_unlock(signing.get(), test::random_passphrase().text.c_str()) == RNP_SUCCESS);
  auto content = rnp::read_from(message);
  auto to = rnp::collect(10'000);
  rnp_op_sign_t created = nullptr;
  REQUIRE(rnp_op_sign_detached_create(&created, store.get(), content.get(), to.get()) == RNP_SUCCESS);
  rnp::signing operation(created);
  rnp_op_sign_set_creation_time(created, static_cast<std::uint32_t>(test::then.count()));
  rnp_op_sign_set_expiration_time(created, static_cast<std::uint32_t>(after.count()));
  REQUIRE(rnp_op_sign_add_signature(created, signing.get(), nullptr) == RNP_SUCCESS);
  REQUIRE(rnp_op_sign_execute(created) == RNP_SUCCESS);
  return rnp::collected(to);
}

/// The same keys in the clear, or only their public half.
bytes exported(const rnp_keyring& keys, bool secret) {
  namespace rnp = key_manager::rnp;
  auto store = rnp::make_ffi();
  rnp::set_clock(store, test::then);
  auto from = rnp::read_from(keys.protected_secret());
  REQUIRE(rnp_import_keys(store.get(), from.get(), RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS, nullptr)
          == RNP_SUCCESS);
  auto primary = std::move(rnp::primaries(store).front());
  auto passphrase = test::random_passphrase();
  REQUIRE(rnp_key_unprotect(primary.get(), passphrase.text.c_str()) == RNP_SUCCESS);
  for (auto& one : rnp::subkeys(primary)) REQUIRE(rnp_key_unprotect(one.get(), passphrase.text.c_str()) == RNP_SUCCESS);
  auto to = rnp::collect(100'000);
  auto what = secret ? RNP_KEY_EXPORT_SECRET : RNP_KEY_EXPORT_PUBLIC;
  REQUIRE(rnp_key_export(primary.get(), to.get(), what | RNP_KEY_EXPORT_SUBKEYS) == RNP_SUCCESS);
  return rnp::collected(to);
}

} // namespace

TEST_CASE("what the keys sign verifies, with signer and time") {
  auto keys = test::new_keyring();
  auto signature = keys.sign("a message"_bytes).value();
  CHECK(signature.signer.size() == 40);
  CHECK(signature.signer.find_first_not_of("0123456789ABCDEF") == std::string::npos);
  CHECK(signature.signer == keys.public_key().fingerprint);
  CHECK(keys.verify("a message"_bytes, signature.data).value() == key_manager::verified{signature.signer, test::then});
}

TEST_CASE("a message may be empty or have 1 MiB, and not a byte more") {
  auto keys = test::new_keyring();
  for (auto& message : {bytes(), bytes(1, std::byte(0)), bytes(key_manager::largest_message, std::byte(7))}) {
    CHECK(keys.verify(message, keys.sign(message).value().data));
  }
  bytes too_large(key_manager::largest_message + 1);
  CHECK(code_of(keys.sign(too_large)) == errc::too_large);
  CHECK(code_of(keys.verify(too_large, keys.sign({}).value().data)) == errc::too_large);
}

TEST_CASE("a changed message does not verify") {
  auto keys = test::new_keyring();
  auto signature = keys.sign("a message"_bytes).value().data;
  for (auto& changed : {"a massage"_bytes, "a message "_bytes, "a messag"_bytes, ""_bytes, "a message\n"_bytes}) {
    auto outcome = keys.verify(changed, signature);
    CHECK(code_of(outcome) == errc::verification_failed);
    CHECK(outcome.error().message() == "the signature does not verify: message or signature were changed");
  }
}

TEST_CASE("line ends are part of the message") {
  auto keys = test::new_keyring();
  auto signature = keys.sign("a\nb\n"_bytes).value().data;
  CHECK(code_of(keys.verify("a\r\nb\r\n"_bytes, signature)) == errc::verification_failed);
}

TEST_CASE("a signature with any bit changed never verifies as something else") {
  auto keys = test::new_keyring();
  auto signed_once = keys.sign("a message"_bytes).value();
  int accepted = 0;
  for (std::size_t at = 0; at < signed_once.data.size(); ++at) {
    auto changed = signed_once.data;
    changed[at] ^= std::byte(1 << at % 8);
    auto outcome = keys.verify("a message"_bytes, changed);
    // Only the unhashed area, which repeats the key's id, may differ without harm.
    if (!outcome) continue;
    ++accepted;
    CHECK(*outcome == key_manager::verified{signed_once.signer, test::then});
  }
  CHECK(accepted <= 12);
}

TEST_CASE("a signature cut off at any point is refused") {
  auto keys = test::new_keyring();
  auto signature = keys.sign("a message"_bytes).value().data;
  for (std::size_t size = 0; size < signature.size(); ++size) {
    auto outcome = keys.verify("a message"_bytes, std::span(signature).first(size));
    CAPTURE(size);
    CHECK(!outcome);
  }
  CHECK(code_of(keys.verify("a message"_bytes, {})) == errc::bad_request);
}

TEST_CASE("what is no signature is a bad request, not an attempt to decrypt or unpack it") {
  auto keys = test::new_keyring();
  auto certificate = test::to_bytes(keys.public_key().armored);
  for (auto& wrong :
       {"garbage"_bytes, "\xa3\x01garbage"_bytes, "\xc8\x05hello"_bytes, "\xd2\x05hello"_bytes, certificate,
        keys.protected_secret(), bytes(8'192, std::byte(0xC2)), "-----BEGIN PGP SIGNATURE-----\n"_bytes}) {
    CHECK(code_of(keys.verify("a message"_bytes, wrong)) == errc::bad_request);
  }
  CHECK(code_of(keys.verify("a message"_bytes, bytes(8'193, std::byte(0xC2)))) == errc::too_large);
}

TEST_CASE("two signatures at once are a bad request") {
  auto keys = test::new_keyring();
  auto twice = keys.sign("a message"_bytes).value().data;
  twice.insert(twice.end(), twice.begin(), twice.end());
  CHECK(keys.verify("a message"_bytes, twice).error()
        == failure(errc::bad_request, "there are several signatures: give one"));
}

TEST_CASE("a signature by another key is by an unknown signer") {
  auto keys = test::new_keyring(), others = test::new_keyring();
  auto outcome = keys.verify("a message"_bytes, others.sign("a message"_bytes).value().data);
  CHECK(code_of(outcome) == errc::not_found);
}

TEST_CASE("the expected signer is compared by the full fingerprint, in either case") {
  auto keys = test::new_keyring(), others = test::new_keyring();
  auto signature = keys.sign("a message"_bytes).value();
  auto verify = [&](std::string signer) { return keys.verify("a message"_bytes, signature.data, signer); };
  CHECK(verify(signature.signer));
  auto lower = signature.signer;
  for (auto& c : lower) c = static_cast<char>(std::tolower(c));
  CHECK(verify(lower));
  CHECK(code_of(verify(others.public_key().fingerprint)) == errc::not_found);
  for (auto wrong : {signature.signer.substr(24), signature.signer + "0", std::string(40, 'g'), std::string("me")}) {
    CHECK(code_of(verify(wrong)) == errc::bad_request);
  }
}

TEST_CASE("a signature may be made up to 5 minutes ahead of the own clock") {
  auto keys = test::new_keyring();
  for (auto [ahead, accepted] : {std::pair(1s, true), {300s, true}, {301s, false}, {86'400s, false}}) {
    CAPTURE(ahead.count());
    auto early = test::reloaded(keys, test::then + ahead).sign("a message"_bytes).value().data;
    auto outcome = keys.verify("a message"_bytes, early);
    CHECK(outcome.has_value() == accepted);
    if (accepted) CHECK(outcome->made == test::then + ahead);
    else
      CHECK(outcome.error()
            == failure(errc::verification_failed, "the signature was made in the future: check the "
                                                  "clocks of both machines"));
  }
}

TEST_CASE("a signature is good until it expires") {
  auto keys = test::new_keyring();
  auto signature = expiring_signature(keys, "a message"_bytes, 60s);
  CHECK(test::reloaded(keys, test::then + 60s).verify("a message"_bytes, signature));
  CHECK(test::reloaded(keys, test::then + 61s).verify("a message"_bytes, signature).error()
        == failure(errc::verification_failed, "the signature has expired"));
}

TEST_CASE("signatures of long ago still verify") {
  auto keys = test::new_keyring();
  auto signature = keys.sign("a message"_bytes).value().data;
  CHECK(test::reloaded(keys, test::then + std::chrono::years(20)).verify("a message"_bytes, signature));
}

TEST_CASE("keys that were stored and loaded are the same keys") {
  auto keys = test::new_keyring();
  auto again = test::reloaded(keys, test::then + 1s);
  CHECK(again.public_key() == keys.public_key());
  CHECK(again.protected_secret() == keys.protected_secret());
  CHECK(again.verify("a message"_bytes, keys.sign("a message"_bytes).value().data));
  CHECK(test::reloaded(again, test::then + 2s).verify("a message"_bytes, again.sign("a message"_bytes).value().data));
}

TEST_CASE("the public key is a certificate in ASCII armour") {
  auto shown = test::new_keyring().public_key().armored;
  CHECK(shown.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n"));
  CHECK(shown.ends_with("-----END PGP PUBLIC KEY BLOCK-----\n"));
  CHECK(!contains(shown, "\r"));
}

TEST_CASE("every generated key is another one") {
  CHECK(test::new_keyring().public_key().fingerprint != test::new_keyring().public_key().fingerprint);
}

TEST_CASE("a wrong passphrase does not open the keys, and the answer names where it came from") {
  auto keys = test::new_keyring();
  auto refused = failure_of([&] { rnp_keyring::load(keys.protected_secret(), test::random_passphrase('2')); });
  CHECK(refused
        == failure(errc::unavailable, "the passphrase of a test does not unlock the node's keys: give the one with "
                                      "which they were made"));
}

TEST_CASE("stored keys that are damaged are refused, and never used") {
  auto keys = test::new_keyring();
  auto stored = keys.protected_secret();
  auto load = [](std::span<const std::byte> content) {
    rnp_keyring::load(content, test::random_passphrase(), test::stopped_at(test::then));
  };
  for (auto& garbage : {bytes(), "garbage"_bytes, bytes(1'000, std::byte(0xff)), bytes(100'000, std::byte(0xc5))}) {
    CHECK(failure_of([&] { load(garbage); }).code() == errc::damaged);
  }
  for (std::size_t size = 0; size < stored.size(); size += 37) {
    CAPTURE(size);
    CHECK(failure_of([&] { load(std::span(stored).first(size)); }).code() == errc::damaged);
  }
  for (std::size_t at = 0; at < stored.size(); at += 5) {
    CAPTURE(at);
    auto changed = stored;
    changed[at] ^= std::byte(1);
    try { // what is neither encrypted nor signed, such as a repeated key id, may differ
      auto loaded = rnp_keyring::load(changed, test::random_passphrase(), test::stopped_at(test::then));
      CHECK(loaded.public_key().fingerprint == keys.public_key().fingerprint);
      CHECK(keys.verify("a message"_bytes, loaded.sign("a message"_bytes).value().data));
    } catch (const failure& f) {
      CHECK((f.code() == errc::damaged || f.code() == errc::unavailable));
    }
  }
}

TEST_CASE("stored keys that are not encrypted are refused") {
  auto keys = test::new_keyring();
  auto refused = failure_of([&] { rnp_keyring::load(exported(keys, true), test::random_passphrase()); });
  CHECK(refused.code() == errc::damaged);
  CHECK(contains(refused.message(), "are not protected by a passphrase"));
}

TEST_CASE("a public key alone, or two sets of keys, are no stored keys") {
  auto keys = test::new_keyring();
  auto refused = failure_of([&] { rnp_keyring::load(exported(keys, false), test::random_passphrase()); });
  CHECK(refused.code() == errc::damaged);
  CHECK(contains(refused.message(), "lack a private part"));

  auto two = keys.protected_secret();
  auto more = test::new_keyring().protected_secret();
  two.insert(two.end(), more.begin(), more.end());
  CHECK(failure_of([&] { rnp_keyring::load(two, test::random_passphrase()); }).code() == errc::damaged);
}

TEST_CASE("locked keys verify but do not sign, until they are unlocked") {
  auto keys = test::new_keyring();
  auto signature = keys.sign("a message"_bytes).value().data;
  keys.lock();
  auto refused = keys.sign("a message"_bytes);
  CHECK(refused.error() == failure(errc::unavailable, "the node's keys are locked: unlock them with their passphrase"));
  CHECK(keys.verify("a message"_bytes, signature));
  CHECK(code_of(keys.unlock(test::random_passphrase('2'))) == errc::unavailable);
  CHECK(!keys.sign("a message"_bytes));
  REQUIRE(keys.unlock(test::random_passphrase()));
  CHECK(keys.sign("a message"_bytes));
}

TEST_CASE("a clock before the making of the keys is an error that says so") {
  auto keys = test::new_keyring();
  auto refused = failure_of([&] { test::reloaded(keys, test::then - 1s); });
  CHECK(refused.code() == errc::unavailable);
  CHECK(contains(refused.message(), "is before the making of the node's keys"));

  auto now = test::then;
  auto clock = [&now] { return test::at(now); };
  auto turned_back = rnp_keyring::load(keys.protected_secret(), test::random_passphrase(), clock);
  now -= 10s;
  CHECK(code_of(turned_back.sign("a message"_bytes)) == errc::unavailable);
}

TEST_CASE("a user id has 1 to 128 bytes without control characters") {
  auto generate = [](const std::string& id) { return rnp_keyring::generate(id, test::random_passphrase()); };
  for (auto& wrong : {std::string(), std::string(129, 'a'), std::string("a\nb"), std::string("a\0b", 3)}) {
    CHECK(failure_of([&] { generate(wrong); }).code() == errc::bad_request);
  }
  CHECK(generate(std::string(128, 'a')).sign({}));
  CHECK(generate("Grüße \"'{}\\ <a@b>").sign({}));
}

TEST_CASE("a random passphrase is not stretched, and any other is as far as OpenPGP allows"
          * doctest::test_suite("slow")) {
  namespace rnp = key_manager::rnp;
  auto octets = [](const key_manager::passphrase& with) {
    auto keys = rnp_keyring::generate("Pillar test node", with);
    auto store = rnp::make_ffi(); // RNP tells the true number only of keys that it has read
    auto from = rnp::read_from(keys.protected_secret());
    REQUIRE(rnp_import_keys(store.get(), from.get(), RNP_LOAD_SAVE_SECRET_KEYS | RNP_LOAD_SAVE_PUBLIC_KEYS, nullptr)
            == RNP_SUCCESS);
    std::vector<std::size_t> found;
    auto primaries = rnp::primaries(store);
    auto add = [&](const rnp::key& one) {
      CHECK(rnp::text(rnp_key_get_protection_cipher, one.get()) == "AES256");
      CHECK(rnp::text(rnp_key_get_protection_hash, one.get()) == "SHA256");
      found.push_back(rnp::got<std::size_t>(rnp_key_get_protection_iterations, one.get()));
    };
    add(primaries.front());
    for (auto& one : rnp::subkeys(primaries.front())) add(one);
    return found;
  };
  CHECK(octets(test::random_passphrase()) == std::vector<std::size_t>(3, 1'024));
  key_manager::passphrase human{key_manager::secret("correct horse"), "a test"};
  CHECK(octets(human) == std::vector<std::size_t>(3, 65'011'712));
}

TEST_CASE("the keys never expire, and each does one thing") {
  namespace rnp = key_manager::rnp;
  auto keys = test::new_keyring();
  auto store = rnp::make_ffi();
  auto armored = test::to_bytes(keys.public_key().armored);
  auto from = rnp::read_from(armored);
  REQUIRE(rnp_import_keys(store.get(), from.get(), RNP_LOAD_SAVE_PUBLIC_KEYS, nullptr) == RNP_SUCCESS);
  auto usage = [](const rnp::key& one) {
    std::string all;
    for (auto what : {"certify", "sign", "encrypt", "authenticate"}) {
      bool allowed = false;
      REQUIRE(rnp_key_allows_usage(one.get(), what, &allowed) == RNP_SUCCESS);
      if (allowed) all += std::string(all.empty() ? "" : " ") + what;
    }
    return rnp::text(rnp_key_get_alg, one.get()) + ": " + all;
  };
  auto primaries = rnp::primaries(store);
  auto subkeys = rnp::subkeys(primaries.front());
  REQUIRE(subkeys.size() == 2);
  CHECK(usage(primaries.front()) == "EDDSA: certify");
  CHECK(usage(subkeys[0]) == "EDDSA: sign");
  CHECK(usage(subkeys[1]) == "ECDH: encrypt");
  CHECK(rnp::text(rnp_key_get_curve, subkeys[1].get()) == "Curve25519");
  CHECK(rnp::got<std::uint32_t>(rnp_key_get_expiration, primaries.front().get()) == 0);
  for (auto& one : subkeys) CHECK(rnp::got<std::uint32_t>(rnp_key_get_expiration, one.get()) == 0);
}

TEST_CASE("a keyring may be handed over to another thread, and several work side by side") {
  auto keys = test::new_keyring();
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([own = test::reloaded(keys, test::then), &good] {
      for (int n = 0; n < 50; ++n) {
        auto message = test::to_bytes("message " + std::to_string(n));
        if (own.verify(message, own.sign(message).value().data)) ++good;
      }
    });
  }
  for (auto& one : threads) one.join();
  CHECK(good == 150);
}

TEST_CASE("the one release of RNP that encrypts with a key of zeros is refused") {
  CHECK(failure_of([] { key_manager::rnp::require_sound_version(rnp_version_for(0, 18, 0)); }).code()
        == errc::unsupported);
  for (auto minor : {16u, 17u}) CHECK_NOTHROW(key_manager::rnp::require_sound_version(rnp_version_for(0, minor, 1)));
  CHECK_NOTHROW(key_manager::rnp::require_sound_version(rnp_version_for(0, 18, 1)));
}
