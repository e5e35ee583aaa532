/// What interfaces/key_manager.hpp promises, over every backend.
#include "interfaces/key_manager.hpp"

#include "actors/key_manager/passphrase.hpp"
#include "actors/key_manager/rnp_keyring.hpp"
#include "interfaces/db.hpp"
#include "tests/contract/contract_node.hpp"

using namespace pillar;
using namespace pillar::test;
using namespace pillar::test::literals;
using key_manager::passphrase_source;
using key_manager::public_key;
using key_manager::rnp_keyring;
using key_manager::sign;
using key_manager::verify;

namespace {

const bytes message = "what is to be signed"_bytes;

rnp_keyring stranger() {
  return rnp_keyring::generate("stranger", *passphrase_source::in_memory().find());
}

std::string own_fingerprint(contract_node& node) {
  return node.ask(public_key{}).fingerprint;
}

} // namespace

TEST_CASE("what is signed verifies, and names its signer and time") {
  with_every_backend([](contract_node& node) {
    auto before = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    auto s = node.ask(sign{message});
    auto checked = node.ask(verify{.message = message, .signature = s.data});
    CHECK(checked.signer == s.signer);
    CHECK(checked.made >= before);
    CHECK(checked.made <= before + std::chrono::minutes(5));
    CHECK(node.ask(verify{.message = message, .signature = s.data, .signer = s.signer}) == checked);
    auto nothing = node.ask(sign{{}});
    CHECK(node.error_of(verify{.message = {}, .signature = nothing.data}) == "none");
  });
}

TEST_CASE("the node's certificate is public, armoured, and of the key that signs") {
  with_every_backend([](contract_node& node) {
    auto own = node.ask(public_key{});
    CHECK(own.fingerprint.size() == 40);
    CHECK(own.fingerprint.find_first_not_of("0123456789ABCDEF") == std::string::npos);
    CHECK(own.fingerprint == node.ask(sign{message}).signer);
    CHECK(own.armored.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----\n"));
    CHECK(own.armored.find("PRIVATE") == std::string::npos);
    CHECK(node.ask(public_key{}) == own);
    contract_node another(backend::memory);
    CHECK(own_fingerprint(another) != own.fingerprint);
  });
}

TEST_CASE("a message may have 1 MiB and no more") {
  with_every_backend([](contract_node& node) {
    bytes most(key_manager::largest_message, std::byte{3});
    auto s = node.ask(sign{most});
    CHECK(node.error_of(verify{.message = most, .signature = s.data}) == "none");
    most.push_back({});
    CHECK(node.error_of(sign{most}) == "too_large");
    CHECK(node.error_of(verify{.message = most, .signature = s.data}) == "too_large");
  });
}

TEST_CASE("a signature is over every byte of its message") {
  with_every_backend([](contract_node& node) {
    auto s = node.ask(sign{message});
    for (std::size_t i = 0; i < message.size(); ++i) {
      auto forged = message;
      forged[i] ^= std::byte{1};
      CHECK(node.error_of(verify{.message = forged, .signature = s.data}) == "verification_failed");
    }
    auto longer = message;
    longer.push_back({});
    CHECK(node.error_of(verify{.message = longer, .signature = s.data}) == "verification_failed");
  });
}

TEST_CASE("no spoilt signature is taken for a good one") {
  with_every_backend([](contract_node& node) {
    auto s = node.ask(sign{message});
    for (std::size_t i = 0; i < s.data.size(); ++i) {
      auto spoilt = s.data;
      spoilt[i] ^= std::byte{0x10};
      CAPTURE(i);
      auto outcome = node.try_ask(verify{.message = message, .signature = spoilt, .signer = s.signer});
      // What is not under the signature, such as the hint at its issuer, may differ without harm.
      if (outcome) CHECK(outcome->signer == s.signer);
      else {
        auto code = outcome.error().code();
        CHECK((code == errc::verification_failed || code == errc::bad_request || code == errc::not_found
               || code == errc::unsupported));
      }
    }
    auto cut = s.data;
    cut.resize(cut.size() / 2);
    CHECK(node.error_of(verify{.message = message, .signature = cut}) != "none");
  });
}

TEST_CASE("what is no signature is refused") {
  with_every_backend([](contract_node& node) {
    CHECK(node.error_of(verify{.message = message, .signature = {}}) == "bad_request");
    CHECK(node.error_of(verify{.message = message, .signature = "no signature"_bytes}) == "bad_request");
    auto armored = node.ask(public_key{}).armored;
    CHECK(node.error_of(verify{.message = message, .signature = to_bytes(armored)}) == "bad_request");
  });
}

TEST_CASE("a signer that is not known is not found") {
  with_every_backend([](contract_node& node) {
    auto other = stranger();
    auto s = other.sign(message).value();
    CHECK(node.error_of(verify{.message = message, .signature = s.data}) == "not_found");
    auto own = node.ask(sign{message});
    CHECK(node.error_of(verify{.message = message, .signature = own.data, .signer = s.signer}) == "not_found");
    CHECK(node.error_of(verify{.message = message, .signature = own.data, .signer = "no fingerprint"})
          == "bad_request");
  });
}

TEST_CASE("a signature by another key does not become the own one by naming it") {
  with_every_backend([](contract_node& node) {
    auto other = stranger();
    auto s = other.sign(message).value();
    auto why = node.failure_of(verify{.message = message, .signature = s.data, .signer = own_fingerprint(node)});
    REQUIRE(why);
    CHECK((why->code() == errc::verification_failed || why->code() == errc::not_found));
  });
}

TEST_CASE("keys on a disk outlast the node, and are not stored in the clear") {
  contract_node node(backend::disk);
  auto own = node.ask(public_key{});
  auto s = node.ask(sign{message});
  auto stored = node.ask(db::get{"keys/own"}, "key_manager");
  node.restart();
  CHECK(node.ask(public_key{}) == own);
  CHECK(node.error_of(verify{.message = message, .signature = s.data}) == "none");
  CHECK(node.ask(sign{message}).signer == own.fingerprint);

  auto wrong = key_manager::passphrase{key_manager::secret(std::string(64, '0')), "a test"};
  CHECK_THROWS_AS(rnp_keyring::load(stored.value, wrong), failure);
}

TEST_CASE("a signature made in the future does not verify") {
  contract_node node(backend::disk);
  auto stored = node.ask(db::get{"keys/own"}, "key_manager");
  auto tomorrow = [] { return std::chrono::system_clock::now() + std::chrono::hours(24); };
  auto protection = passphrase_source({.file = {}, .directory = node.data()}).find();
  REQUIRE(protection);
  auto early = rnp_keyring::load(stored.value, *protection, tomorrow).sign(message).value();
  CHECK(early.signer == own_fingerprint(node));
  CHECK(node.error_of(verify{.message = message, .signature = early.data}) == "verification_failed");
}

TEST_CASE("a node whose passphrase is gone does not start, and says how to mend it") {
  contract_node node(backend::disk);
  auto own = own_fingerprint(node);
  node.stop();
  auto file = node.data() / "passphrase";
  std::filesystem::rename(file, file.string() + "-away");
  CHECK_THROWS_WITH_AS(node.restart(), doctest::Contains("no passphrase was found: restore"), failure);
  std::filesystem::rename(file.string() + "-away", file);
  node.restart();
  CHECK(own_fingerprint(node) == own);
}
