#include "interfaces/binary.hpp"
#include "tests/tools/notary/lab.hpp"
#include "tools/notary/entry_key.hpp"

#include <sys/stat.h>

using namespace pillar;
using namespace test::literals;
using ledger::finding;
using ledger::original;
using test::notary_lab;

namespace {

std::string error_of(const result<void>& outcome) {
  return outcome ? "none" : to_string(outcome.error());
}

/// Enters a version whose parts a test chose: content that is stored, and a stamp that fits the file as it is now.
class forger {
public:
  explicit forger(notary_lab& lab) : lab_(lab) {}

  ledger::entry entry(const std::string& name, std::string_view content, std::string_view signed_text = {}) {
    ledger::entry e{.name = name,
                    .content = lab_.node->ask(ipfs::add_str{std::string(content)}),
                    .stamp = demo::stamp_of(lab_.inbox / name).value_or(ledger::stamp{}),
                    .signature = {}};
    auto text = signed_text.empty() ? std::string_view(e.content.text) : signed_text;
    e.signature = lab_.node->ask(key_manager::sign{test::to_bytes(text)});
    e.stamp.size = content.size();
    return e;
  }
  void enter(const ledger::entry& e) { lab_.node->ask(ledger::enter{e}); }

private:
  notary_lab& lab_;
};

} // namespace

TEST_CASE("an entry is there once it is acknowledged, and may be entered again as it is") {
  notary_lab lab;
  lab.node->start();
  forger pen(lab);
  auto e = pen.entry("a", "content");
  pen.enter(e);
  pen.enter(e);
  CHECK(lab.entries() == std::vector{e});
}

TEST_CASE("a version is never overwritten") {
  notary_lab lab;
  lab.node->start();
  forger pen(lab);
  auto e = pen.entry("a", "content");
  pen.enter(e);
  auto outcome = lab.node->try_ask(ledger::enter{pen.entry("a", "other")});
  CHECK(error_of(outcome) == "conflict: version 1 of a has been entered already, with the content " + e.content.text);
  CHECK(lab.entries() == std::vector{e});
}

TEST_CASE("an entry without a name, or with an impossible version, is refused") {
  notary_lab lab;
  lab.node->start();
  forger pen(lab);
  auto e = pen.entry("", "content");
  CHECK(error_of(lab.node->try_ask(ledger::enter{e})) == "bad_request: the entry names no file");
  e.name = "a";
  for (std::uint32_t version : {0u, 100'000'000u}) {
    e.version = version;
    CHECK(error_of(lab.node->try_ask(ledger::enter{e}))
          == "bad_request: there is no version " + std::to_string(version) + ": the first is 1");
  }
  e.version = 1;
  e.name = "a/../b";
  CHECK(lab.node->try_ask(ledger::enter{e}).error().code() == errc::bad_request);
  CHECK(lab.entries().empty());
}

TEST_CASE("entries come page after page, the versions of a file together") {
  notary_lab lab;
  lab.node->start();
  forger pen(lab);
  auto e = pen.entry("", "content");
  constexpr std::uint32_t files = 350, versions = 3; // more than a page of the DB
  for (std::uint32_t f = 0; f < files; ++f)
    for (std::uint32_t v = 1; v <= versions; ++v) {
      e.name = "file" + std::to_string(f);
      e.version = v;
      pen.enter(e);
    }
  auto all = lab.entries();
  REQUIRE(all.size() == files * versions);
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i].version == 1 + i % versions);
  auto latest = lab.entries(true);
  REQUIRE(latest.size() == files);
  for (auto& l : latest) CHECK(l.version == versions);
}

TEST_CASE("a verdict tells what became of the file since") {
  notary_lab lab;
  for (auto name : {"same", "removed", "grown", "shrunk", "rewritten", "replaced by a directory", "replaced by a link"})
    lab.write(name, "content of a file");
  lab.start();
  std::filesystem::remove(lab.inbox / "removed");
  lab.write("grown", "content of a file, and more");
  lab.write("shrunk", "content");
  lab.write("rewritten", "CONTENT of a file");
  for (auto name : {"replaced by a directory", "replaced by a link"}) std::filesystem::remove(lab.inbox / name);
  std::filesystem::create_directory(lab.inbox / "replaced by a directory");
  std::filesystem::create_symlink("same", lab.inbox / "replaced by a link");

  auto all = lab.verdicts();
  for (auto& [name, v] : all) {
    CHECK(v.finding == finding::intact);
    CHECK(v.problem.empty());
    CHECK(v.signed_at > std::chrono::seconds(1'700'000'000));
  }
  CHECK(all.at("same 1").original == original::same);
  CHECK(all.at("removed 1").original == original::missing);
  CHECK(all.at("grown 1").original == original::changed);
  CHECK(all.at("shrunk 1").original == original::changed);
  CHECK(all.at("rewritten 1").original == original::changed);
  CHECK(all.at("replaced by a directory 1").original == original::unreadable);
  CHECK(all.at("replaced by a link 1").original == original::unreadable);
}

TEST_CASE("content that differs though nobody wrote to the file is told from a change") {
  notary_lab lab;
  lab.node->start();
  lab.write("quiet", "what it was");
  forger pen(lab);
  pen.enter(pen.entry("quiet", "something !"));
  CHECK(lab.verdicts().at("quiet 1").original == original::altered);
}

TEST_CASE("only the last version is compared with the file") {
  notary_lab lab;
  lab.write("note", "first");
  lab.start();
  lab.write("note", "second");
  lab.sweep();
  auto all = lab.verdicts();
  CHECK(all.at("note 1").original == original::not_compared);
  CHECK(all.at("note 1").finding == finding::intact);
  CHECK(all.at("note 2").original == original::same);
}

TEST_CASE("what cannot be read back or was not signed is found, entry by entry") {
  notary_lab lab;
  lab.node->start();
  forger pen(lab);
  pen.enter(pen.entry("fine", "content"));

  auto lost = pen.entry("lost", "content");
  lost.content.text = "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPqq1"; // of nothing here
  pen.enter(lost);
  auto nonsense = pen.entry("nonsense", "content");
  nonsense.content.text = "no CID";
  pen.enter(nonsense);
  auto shorter = pen.entry("shorter", "content");
  shorter.stamp.size += 1;
  pen.enter(shorter);
  pen.enter(pen.entry("for another", "content", "some other CID"));
  auto unsigned_ = pen.entry("unsigned", "content");
  unsigned_.signature.data = "no signature"_bytes;
  pen.enter(unsigned_);
  auto stranger = pen.entry("stranger", "content");
  stranger.signature.signer = std::string(40, 'A');
  pen.enter(stranger);

  auto all = lab.verdicts();
  REQUIRE(all.size() == 7);
  CHECK(all.at("fine 1").finding == finding::intact);
  CHECK(all.at("lost 1").finding == finding::damaged);
  CHECK(all.at("lost 1").problem.find("QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPqq1") != std::string::npos);
  CHECK(all.at("nonsense 1").finding == finding::damaged);
  CHECK(all.at("shorter 1").finding == finding::damaged);
  CHECK(all.at("shorter 1").problem == "IPFS gave back 7 bytes, and 8 were recorded");
  CHECK(all.at("for another 1").finding == finding::forged);
  CHECK(all.at("unsigned 1").finding == finding::forged);
  CHECK(all.at("stranger 1").finding == finding::forged);
}

TEST_CASE("a document that is no entry, or another file's, is damaged and hides none of the others") {
  notary_lab lab;
  lab.node->start();
  forger pen(lab);
  auto e = pen.entry("b", "content");
  pen.enter(e);
  lab.node->ask(db::put{.key = ledger::entry_key("a", 1), .value = "rubbish"_bytes}, {.as = "ledger"});
  lab.node->ask(db::put{.key = ledger::entry_key("c", 1), .value = encode(e)}, {.as = "ledger"});
  auto all = test::all_of(lab.node->ask(ledger::verify_all{}));
  REQUIRE(all.size() == 3);
  CHECK(all[0].finding == finding::damaged);
  CHECK(all[0].item.name == "files/a@00000001");
  CHECK(all[0].problem.starts_with("the entry under files/a@00000001 cannot be read: "));
  CHECK(all[1].finding == finding::intact);
  CHECK(all[2].problem == "the entry under files/c@00000001 belongs to another file");

  auto listed = lab.node->ask(ledger::entries{});
  CHECK_THROWS_WITH_AS(listed.next(), doctest::Contains("files/a@00000001"), failure);
}

TEST_CASE("a ledger belongs to one directory") {
  test::temporary_directory data;
  auto start = [&](const std::filesystem::path& directory) {
    auto settings = testing::deterministic_node::quiet_settings();
    settings.set("node.data", data / "node");
    testing::deterministic_node node(0, settings);
    provide_standard_workers(*node.operator->());
    node->provide<demo::ledger_worker>({}, directory);
    node->start();
  };
  start("/a");
  start("/a");
  CHECK_THROWS_WITH_AS(start("/b"),
                       doctest::Contains("this ledger is about the directory /a and not about /b: give each directory "
                                         "a data directory of its own"),
                       failure);
  start("/a");
}

TEST_CASE("verifying may be repeated, and given up in the middle") {
  notary_lab lab;
  for (int i = 0; i < 30; ++i) lab.write("file " + std::to_string(i), std::to_string(i));
  lab.start();
  for (int i = 0; i < 5; ++i) CHECK(lab.verdicts().size() == 30);
  auto dropped = lab.node->ask(ledger::verify_all{});
  CHECK(dropped.next());
}
