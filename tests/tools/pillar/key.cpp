#include "tests/tools/pillar/binary_text.hpp"
#include "tests/tools/pillar/documents.hpp"
#include "tests/tools/pillar/process.hpp"

#include <doctest/doctest.h>

using namespace pillar::test;
namespace json = boost::json;

TEST_CASE("key show tells the same public key each time") {
  user someone;
  const auto both = someone.says({"key", "show"});
  const auto fingerprint = someone.says({"key", "show", "--fingerprint"});
  const auto armor = someone.says({"key", "show", "--armor"});
  CHECK(fingerprint.size() == 40);
  CHECK(armor.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----"));
  CHECK(both == "fingerprint " + fingerprint + "\n" + armor);
  const auto document = json::parse(someone.says({"key", "show", "--json"}));
  CHECK(text_at(document, "fingerprint") == fingerprint);
  CHECK(std::string(document.at("armored").as_string()).starts_with(armor));
  const auto refused = someone.pillar({"key", "show", "-f", "-a"});
  CHECK(refused.exit == 2);
  CHECK(refused.err == "pillar: --fingerprint and --armor exclude each other: give one, or none for both\n");
}

TEST_CASE("what key sign signs, key verify verifies, and nothing else") {
  user someone;
  const auto letter = binary_text(5000);
  someone.write("letter", letter);
  const auto made = someone.pillar({"key", "sign", "letter"});
  REQUIRE(made.exit == 0);
  CHECK(made.err == "");
  someone.write("letter.sig", made.out);
  const auto fingerprint = someone.says({"key", "show", "-f"});
  CHECK(someone.says({"key", "verify", "letter", "letter.sig"})
            .starts_with("good signature by " + fingerprint + ", made 2"));
  CHECK(someone.pillar({"key", "verify", "-", "letter.sig"}, letter).exit == 0);
  CHECK(someone.pillar({"key", "verify", "letter", "-"}, made.out).exit == 0);
  CHECK(someone.pillar({"key", "verify", "letter", "letter.sig", "--signer", fingerprint}).exit == 0);
  const auto forged = someone.pillar({"key", "verify", "-", "letter.sig"}, letter + "!");
  CHECK(forged.exit == 6);
  CHECK(forged.out == "");
  CHECK(forged.err == "pillar: the signature does not verify: message or signature were changed\n");
}

TEST_CASE("key sign takes standard input and writes a new file") {
  user someone;
  someone.write("letter", "dear");
  CHECK(someone.says({"key", "sign", "-", "-o", "letter.sig"}, "dear") == "");
  CHECK(someone.pillar({"key", "verify", "letter", "letter.sig"}).exit == 0);
  const auto before = someone.read("letter.sig");
  const auto refused = someone.pillar({"key", "sign", "letter", "--output", "letter.sig"});
  CHECK(refused.exit == 7);
  CHECK(refused.err == "pillar: letter.sig exists: remove it, or choose another name\n");
  CHECK((someone.read("letter.sig") == before));
}

TEST_CASE("with --json signatures and verdicts are documents") {
  user someone;
  someone.write("letter", "dear");
  const auto fingerprint = someone.says({"key", "show", "-f"});
  const auto made = json::parse(someone.says({"key", "sign", "letter", "--json", "-o", "letter.sig"}));
  CHECK(text_at(made, "signer") == fingerprint);
  CHECK(made.at("data").as_string().size() > 80);
  const auto good = json::parse(someone.says({"key", "verify", "letter", "letter.sig", "--json"}));
  CHECK(text_at(good, "signer") == fingerprint);
  CHECK(good.at("made").as_int64() > 1'700'000'000);
  const auto forged = someone.pillar({"key", "verify", "-", "letter.sig", "--json"}, "dead");
  CHECK(text_at(json::parse(forged.err), "error") == "verification_failed");
  CHECK(json::parse(forged.err).at("exit") == 6);
}

TEST_CASE("key commands tell which input is wrong") {
  user someone;
  someone.write("letter", "dear");
  someone.write("long", std::string((1 << 20) + 1, 'x'));
  someone.says({"key", "sign", "letter", "-o", "letter.sig"});
  const auto err = [&](std::vector<std::string> arguments, int exit) {
    const auto refused = someone.pillar(std::move(arguments));
    CHECK(refused.exit == exit);
    CHECK(refused.out == "");
    return refused.err;
  };
  CHECK(err({"key", "sign", "nothing"}, 4) == "pillar: cannot read nothing: No such file or directory\n");
  CHECK(err({"key", "sign", "."}, 1) == "pillar: cannot read .: Is a directory\n");
  CHECK(err({"key", "sign", "long"}, 1)
        == "pillar: long has more than 1048576 bytes: add it with `pillar ipfs add` and sign its CID\n");
  CHECK(err({"key", "verify", "letter", "long"}, 1).starts_with("pillar: long has more than 65536 bytes: "));
  CHECK(err({"key", "verify", "letter", "letter"}, 2).starts_with("pillar: this is no OpenPGP signature: "));
  CHECK(err({"key", "verify", "-", "-"}, 2).starts_with("pillar: FILE and SIGNATURE are both \"-\": "));
  CHECK(err({"key", "verify", "letter", "letter.sig", "--signer", "12"}, 2).starts_with("pillar: the signer is no "));
  CHECK(err({"key", "verify", "letter", "letter.sig", "--signer", std::string(40, 'A')}, 4)
        == "pillar: the key " + std::string(40, 'A') + " is not known here\n");
}

TEST_CASE("a signature of another node's key is by an unknown signer") {
  user one, other;
  one.write("letter", "dear");
  other.write("letter", "dear");
  one.write("letter.sig", other.pillar({"key", "sign", "letter"}).out);
  const auto refused = one.pillar({"key", "verify", "letter", "letter.sig"});
  CHECK(refused.exit == 4);
  CHECK(refused.err.starts_with("pillar: the signature was made by another key than "));
}

TEST_CASE("keys whose passphrase is lost are told and kept") {
  user someone;
  const auto fingerprint = someone.says({"key", "show", "-f"});
  const auto passphrase = someone.data() / "passphrase";
  std::filesystem::rename(passphrase, someone.home() / "away");
  const auto refused = someone.pillar({"key", "show"});
  CHECK(refused.exit == 4);
  CHECK(refused.err.find("restore " + passphrase.string()) != std::string::npos);
  CHECK(someone.pillar({"db", "ls"}).exit == 0); // needs no keys
  CHECK(someone.pillar({"ipfs", "id"}).exit == 0);
  std::filesystem::rename(someone.home() / "away", passphrase);
  CHECK(someone.says({"key", "show", "-f"}) == fingerprint);
}

TEST_CASE("a passphrase may come from the environment") {
  user someone;
  const auto fingerprint =
      someone.pillar({"key", "show", "-f"}, "", {.environment = {"PILLAR_PASSPHRASE=correct horse"}});
  REQUIRE(fingerprint.exit == 0);
  CHECK(!std::filesystem::exists(someone.data() / "passphrase"));
  CHECK(someone.pillar({"key", "show", "-f"}, "", {.environment = {"PILLAR_PASSPHRASE=correct horse"}}).out
        == fingerprint.out);
  const auto refused = someone.pillar({"key", "show", "-f"}, "", {.environment = {"PILLAR_PASSPHRASE=wrong"}});
  CHECK(refused.exit == 1);
  CHECK(refused.err.find("PILLAR_PASSPHRASE does not unlock the node's keys") != std::string::npos);
}
