/// Both ways with GnuPG: what Pillar makes is good there, and what it makes is judged rightly here.
#include "tests/actors/key_manager/gpg.hpp"
#include "tests/actors/key_manager/keys.hpp"
#include "tests/support/bytes.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace pillar;
using namespace pillar::test::literals;
using namespace std::chrono_literals;

using key_manager::rnp_certificate;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const auto message = "a message\n"_bytes;

/// A key of GnuPG's own, made in 2020, and signatures by it.
struct gpg_signer {
  test::gpg gpg;
  std::string plain = gpg.file("message", message);

  explicit gpg_signer(const std::string& kind = "ed25519", const std::string& expires = "never") {
    auto made = gpg.run("--faked-system-time 20200101T000000! --passphrase '' --quick-generate-key peer@example.org "
                        + kind + " cert,sign " + expires);
    REQUIRE_MESSAGE(made.succeeded, made.output);
  }

  rnp_certificate certificate(const std::string& options = "") const {
    REQUIRE(gpg.run("--output exported " + options + " --export peer@example.org").succeeded);
    return rnp_certificate::read(gpg.content("exported"), test::at(test::then));
  }

  bytes sign(const std::string& options, const std::string& time = "20250601T000000") const {
    auto outcome = gpg.run("--faked-system-time " + time + "! --output signature " + options + " " + plain);
    REQUIRE_MESSAGE(outcome.succeeded, outcome.output);
    return gpg.content("signature");
  }

  failure refusal(const bytes& signature) const {
    return certificate().verify(message, signature, test::at(test::then)).error();
  }
};

failure refusal_of(const bytes& certificate) {
  try {
    rnp_certificate::read(certificate, test::at(test::then));
  } catch (const failure& f) {
    return f;
  }
  FAIL("the certificate was taken");
  return {errc::internal, ""};
}

} // namespace

TEST_CASE("GnuPG imports the certificate and verifies a signature, and finds a changed message") {
  test::gpg gpg;
  auto keys = test::new_keyring();
  auto imported = gpg.run("--import " + gpg.file("certificate.asc", test::to_bytes(keys.public_key().armored)));
  CHECK(contains(imported.output, "IMPORT_OK 1 " + keys.public_key().fingerprint));
  auto signature = gpg.file("signature", keys.sign(message).value().data);
  auto good = gpg.run("--verify " + signature + " " + gpg.file("message", message));
  CAPTURE(good.output);
  CHECK(good.succeeded);
  // the last field is the primary key's fingerprint
  CHECK(contains(good.output, "VALIDSIG "));
  CHECK(contains(good.output, " " + keys.public_key().fingerprint + "\n"));
  auto bad = gpg.run("--verify " + signature + " " + gpg.file("changed", "a massage\n"_bytes));
  CHECK(!bad.succeeded);
  CHECK(contains(bad.output, "BADSIG"));
}

TEST_CASE("GnuPG sees keys that do not expire: one certifies, one signs, one is encrypted to") {
  test::gpg gpg;
  auto keys = test::new_keyring();
  REQUIRE(gpg.run("--import " + gpg.file("certificate.asc", test::to_bytes(keys.public_key().armored))).succeeded);
  std::vector<std::string> seen;
  std::istringstream lines(gpg.run("--with-colons --list-keys").output);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> fields;
    std::istringstream columns(line + ":");
    for (std::string field; std::getline(columns, field, ':');) fields.push_back(field);
    if (fields[0] == "uid") seen.push_back("uid " + fields[9]);
    if (fields[0] != "pub" && fields[0] != "sub") continue;
    // kind, algorithm, made, expires, and in lower case what this key does
    auto does = fields[11].substr(0, fields[11].find_first_of("CES"));
    seen.push_back(fields[0] + " " + fields[3] + " made " + fields[5] + " until " + fields[6] + " does " + does);
  }
  CHECK(seen
        == std::vector<std::string>{"pub 22 made 1750000000 until  does c", "uid Pillar test node",
                                    "sub 22 made 1750000000 until  does s", "sub 18 made 1750000000 until  does e"});
}

TEST_CASE("no public output holds a private key, and what is stored holds none in the clear") {
  test::gpg gpg;
  auto keys = test::new_keyring();
  auto packets = [&](const bytes& content) { return gpg.run("--list-packets " + gpg.file("content", content)).output; };
  auto outside = packets(test::to_bytes(keys.public_key().armored));
  CHECK(contains(outside, ":public key packet:"));
  CHECK(!contains(outside, "secret"));
  CHECK(!contains(packets(keys.sign(message).value().data), "secret"));

  auto count = [](const std::string& text, std::string_view part) {
    int n = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
    return n;
  };
  auto stored = packets(keys.protected_secret());
  CHECK(count(stored, ":secret key packet:") + count(stored, ":secret sub key packet:") == 3);
  CHECK(count(stored, "iter+salt S2K, algo: 9, SHA1 protection, hash: 8") == 3);
  CHECK(count(stored, "[v4 protected]") == 3);
}

TEST_CASE("GnuPG signs with the stored keys, and the signature verifies here") {
  test::gpg gpg;
  auto keys = test::new_keyring();
  auto imported = gpg.run("--import " + gpg.file("keys", keys.protected_secret()));
  REQUIRE_MESSAGE(imported.succeeded, imported.output);
  auto passphrase = std::string(test::random_passphrase().text.text());
  auto signed_there = gpg.run("--faked-system-time 20250616T000000! --passphrase " + passphrase
                              + " --output signature --detach-sign " + gpg.file("message", message));
  REQUIRE_MESSAGE(signed_there.succeeded, signed_there.output);
  auto outcome = test::reloaded(keys, test::then + 48h).verify(message, gpg.content("signature"));
  REQUIRE(outcome);
  CHECK(outcome->signer == keys.public_key().fingerprint);
}

TEST_CASE("a signature by a GnuPG key verifies, binary and armoured") {
  gpg_signer peer;
  for (auto options : {"--detach-sign", "--armor --detach-sign", "--digest-algo SHA512 --detach-sign"}) {
    CAPTURE(options);
    auto certificate = peer.certificate();
    auto outcome = certificate.verify(message, peer.sign(options), test::at(test::then));
    REQUIRE(outcome);
    CHECK(*outcome == key_manager::verified{certificate.fingerprint(), 1'748'736'000s});
  }
}

TEST_CASE("a GnuPG certificate is read armoured too") {
  gpg_signer peer;
  CHECK(peer.certificate("--armor").fingerprint() == peer.certificate().fingerprint());
  auto again = rnp_certificate::read(test::to_bytes(peer.certificate().armored()), test::at(test::then));
  CHECK(again.fingerprint() == peer.certificate().fingerprint());
}

TEST_CASE("a signature over text is refused, since it leaves line ends open") {
  gpg_signer peer;
  auto refused = peer.refusal(peer.sign("--textmode --detach-sign"));
  CHECK(refused.code() == errc::verification_failed);
  CHECK(contains(refused.message(), "is over text"));
}

TEST_CASE("a signature with a weak hash is refused, whatever its date") {
  gpg_signer peer("rsa2048");
  for (auto time : {"20250601T000000", "20200201T000000"}) {
    auto refused = peer.refusal(peer.sign("--digest-algo SHA1 --detach-sign", time));
    CHECK(refused.code() == errc::verification_failed);
  }
}

TEST_CASE("an expired or early signature of GnuPG's is refused") {
  gpg_signer peer;
  CHECK(peer.refusal(peer.sign("--default-sig-expire 7 --detach-sign"))
        == failure(errc::verification_failed, "the signature has expired"));
  auto early = peer.refusal(peer.sign("--detach-sign", "20260601T000000"));
  CHECK(early.code() == errc::verification_failed);
  CHECK(contains(early.message(), "was made in the future"));
}

TEST_CASE("a signature that GnuPG made while its key was good stays good after the key expired") {
  gpg_signer peer("ed25519", "2y");
  auto signature = peer.sign("--detach-sign", "20210101T000000");
  REQUIRE(peer.gpg.run("--output exported --export peer@example.org").succeeded);
  auto certificate = rnp_certificate::read(peer.gpg.content("exported"), test::at(1'600'000'000s));
  CHECK(certificate.verify(message, signature, test::at(test::then)));
}

TEST_CASE("a signed message, an encrypted one or a signature with others is no detached signature") {
  gpg_signer peer;
  for (auto options : {"--sign", "--clear-sign", "--store", "--symmetric --passphrase x"}) {
    CAPTURE(options);
    CHECK(peer.refusal(peer.sign(options)).code() == errc::bad_request);
  }
}

TEST_CASE("a certificate that holds a private key is refused") {
  gpg_signer peer;
  REQUIRE(peer.gpg.run("--output secret --passphrase '' --export-secret-keys peer@example.org").succeeded);
  auto refused = refusal_of(peer.gpg.content("secret"));
  CHECK(refused.code() == errc::bad_request);
  CHECK(contains(refused.message(), "contains a private key"));
  CHECK(contains(refusal_of(test::new_keyring().protected_secret()).message(), "contains a private key"));
}

TEST_CASE("one certificate is read at a time, and no garbage") {
  auto keys = test::new_keyring(), others = test::new_keyring();
  auto two = test::to_bytes(keys.public_key().armored + others.public_key().armored);
  CHECK(contains(refusal_of(two).message(), "give exactly one"));
  for (auto& garbage : {bytes(), "garbage"_bytes, bytes(1'000, std::byte(0x99)), keys.sign(message).value().data}) {
    CHECK(refusal_of(garbage).code() == errc::bad_request);
  }
  CHECK(refusal_of(bytes(key_manager::largest_certificate + 1)).code() == errc::too_large);
}

TEST_CASE("an expired or revoked certificate is refused") {
  gpg_signer expired("ed25519", "2y");
  REQUIRE(expired.gpg.run("--output exported --export peer@example.org").succeeded);
  CHECK(contains(refusal_of(expired.gpg.content("exported")).message(), "is not valid: expired, revoked"));

  gpg_signer revoked;
  auto fingerprint = revoked.certificate().fingerprint();
  // GnuPG leaves a ready revocation beside its keys, with a colon that keeps it from being used by accident.
  auto revocation = test::to_text(revoked.gpg.content("openpgp-revocs.d/" + fingerprint + ".rev"));
  revocation.erase(revocation.find(":-----BEGIN"), 1);
  REQUIRE(revoked.gpg.run("--import " + revoked.gpg.file("revocation", test::to_bytes(revocation))).succeeded);
  REQUIRE(revoked.gpg.run("--output exported --export peer@example.org").succeeded);
  CHECK(contains(refusal_of(revoked.gpg.content("exported")).message(), "is not valid: expired, revoked"));
}

TEST_CASE("a certificate with too many user ids is refused") {
  gpg_signer peer;
  for (int i = 0; i < 16; ++i) {
    auto added =
        peer.gpg.run("--passphrase '' --quick-add-uid peer@example.org user" + std::to_string(i) + "@example.org");
    REQUIRE_MESSAGE(added.succeeded, added.output);
  }
  REQUIRE(peer.gpg.run("--output exported --export peer@example.org").succeeded);
  CHECK(contains(refusal_of(peer.gpg.content("exported")).message(), "more than 16 user ids"));
}
