#include "actors/db/db_worker.hpp"
#include "actors/db/memory_store.hpp"
#include "actors/key_manager/key_manager_worker.hpp"
#include "actors/key_manager/passphrase.hpp"
#include "tests/tools/notary/lab.hpp"

#include <sys/stat.h>
#include <unistd.h>

using namespace pillar;
using namespace std::chrono_literals;
using test::notary_lab;

namespace {

/// An IPFS that takes only files whose names do not begin with "bad".
class choosy_ipfs : public worker<choosy_ipfs, ipfs::service> {
public:
  using worker::worker;
  ipfs::added on(const ipfs::add_file& request) {
    auto name = request.path.filename().string();
    if (name.starts_with("bad")) throw failure(errc::storage_full, "no room for " + name);
    return {.root = {"content of " + name}, .files = 1, .size = 1};
  }
  template <class Request> auto on(Request) {
    using reply = typename Request::reply;
    if constexpr (is_stream<reply>) return nothing<typename reply::item_type>();
    else return result<reply>{failure(errc::unsupported, "a test asks for files only")};
  }

private:
  template <class T> static source<T> nothing() { co_return; }
};

/// Lets the notary look at its directory and hand its files to IPFS, which does not read them before the pool is let
/// go.
void look_without_reading(notary_lab& lab) {
  auto& pool = lab.node.pool();
  pool.held = true;
  lab.node.advance(notary_lab::every);
  pool.held = false;
  REQUIRE(pool.step());
  pool.held = true;
  lab.node.run();
  REQUIRE(pool.size() > 0);
  pool.held = false;
}

} // namespace

TEST_CASE("a notary records each file with its CID, a signature that holds, and the time") {
  notary_lab lab;
  lab.write("hello.txt", "hello world");
  lab.write("a/b/empty", "");
  lab.start();

  auto all = lab.entries();
  REQUIRE(all.size() == 2);
  auto& hello = all[1];
  CHECK(all[0].name == "a/b/empty");
  CHECK(hello.name == "hello.txt");
  CHECK(hello.version == 1);
  CHECK(hello.content.text == "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD"); // as `ipfs add` makes it
  CHECK(hello.stamp.size == 11);
  CHECK(hello.recorded > std::chrono::seconds(1'700'000'000));
  auto checked = lab.node->ask(key_manager::verify{.message = test::to_bytes(hello.content.text),
                                                   .signature = hello.signature.data,
                                                   .signer = hello.signature.signer});
  CHECK(checked.signer == lab.node->ask(key_manager::public_key{}).fingerprint);
  CHECK(lab.content_of(hello.content) == "hello world");
  CHECK(lab.entered.size() == 2);
}

TEST_CASE("names may hold blanks, line breaks, any script and any byte") {
  notary_lab lab;
  std::vector<std::string> names{
      "with blank",          "two\nlines", "\xc3\xa4\xe6\x97\xa5\xf0\x9f\x8c\xb2", "broken \xff\xfe", "per%cent@1~x",
      std::string(255, 'n'), "-x"};
  std::string deep;
  for (int i = 0; i < 6; ++i) deep += std::string(200, static_cast<char>('a' + i)) + "/";
  names.push_back(deep + "file");
  for (auto& name : names) lab.write(name, name);
  lab.start();
  std::ranges::sort(names);
  CHECK(lab.names() == names);
  for (auto& e : lab.entries()) CHECK(lab.content_of(e.content) == e.name);
  for (auto& [name, v] : lab.verdicts()) CHECK(v.original == ledger::original::same);
}

TEST_CASE("what is no ordinary file is left out, and counted") {
  notary_lab lab;
  lab.write("file", "x");
  lab.write(".hidden", "x");
  lab.write(".git/config", "x");
  lab.write("own data/db", "x");
  lab.write("build/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# made by a build\n");
  lab.write("build/object.o", "x");
  lab.write("tagged/CACHEDIR.TAG", "no signature");
  std::filesystem::create_symlink("file", lab.inbox / "link");
  std::filesystem::create_directory_symlink(".", lab.inbox / "loop");
  REQUIRE(::mkfifo((lab.inbox / "pipe").c_str(), 0600) == 0);
  lab.start();
  CHECK(lab.names() == std::vector<std::string>{"file", "tagged/CACHEDIR.TAG"});
  auto now = lab.status();
  CHECK(now.left_out == ledger::left_out{.hidden = 2, .links = 2, .special = 1, .caches = 2, .elsewhere = 0});
  CHECK(now.files == 2);
  CHECK(now.troubled == 0);
}

TEST_CASE("a changed file gets a new version, and the old one stays") {
  notary_lab lab;
  lab.write("note", "first");
  lab.start();
  lab.write("note", "second");
  lab.write("new", "third");
  lab.sweep();
  auto all = lab.entries();
  REQUIRE(all.size() == 3);
  CHECK(lab.content_of(all[1].content) == "first");
  CHECK(lab.content_of(all[2].content) == "second");
  CHECK(all[2].version == 2);
  CHECK(lab.entries(true).size() == 2);
  CHECK(lab.entries(true)[1] == all[2]);
  for (auto& [name, v] : lab.verdicts()) CHECK(v.finding == ledger::finding::intact);
}

TEST_CASE("a file that is only touched is looked into once, and not recorded again") {
  notary_lab lab;
  lab.write("note", "same");
  lab.start();
  std::filesystem::last_write_time(lab.inbox / "note", std::filesystem::file_time_type::clock::now() + 5s);
  lab.sweep();
  CHECK(lab.status().done == 1);
  CHECK(lab.entries().size() == 1);
  lab.sweep();
  CHECK(lab.status().done == 0);
  CHECK(lab.status().sweeps == 3);
}

TEST_CASE("a file that was written to just now is recorded, and looked into again") {
  notary_lab lab;
  lab.write("note", "same");
  lab.start(-1h); // by the notary's clock the file is no second old, however long this test takes
  CHECK(lab.entries().at(0).settled == false);
  lab.sweep();
  CHECK(lab.status().done == 1);
  CHECK(lab.entries().size() == 1);
}

TEST_CASE("a file that goes while it is about to be read leaves no trace") {
  notary_lab lab;
  lab.start();
  lab.write("short-lived", "x");
  lab.write("stays", "x");
  look_without_reading(lab);
  std::filesystem::remove(lab.inbox / "short-lived");
  lab.node.run();
  CHECK(lab.names() == std::vector<std::string>{"stays"});
  CHECK(lab.status().troubled == 0);
}

TEST_CASE("a file that becomes something else while it is about to be read is not recorded") {
  notary_lab lab;
  lab.start();
  lab.write("was a file", "x");
  look_without_reading(lab);
  std::filesystem::remove(lab.inbox / "was a file");
  std::filesystem::create_symlink("/etc/hostname", lab.inbox / "was a file");
  lab.node.run();
  CHECK(lab.names().empty());
  CHECK(lab.status().troubled == 0);
}

TEST_CASE("a file that is written to while it is read is left to the next sweep") {
  notary_lab lab;
  lab.start();
  lab.write("log", "one");
  look_without_reading(lab);
  lab.write("log", "one two");
  lab.node.run();
  CHECK(lab.names().empty());
  auto now = lab.status();
  REQUIRE(now.troubles.size() == 1);
  CHECK(now.troubles[0]
        == ledger::trouble{"log", "it was written to while it was read: the next sweep will look again"});
  lab.sweep();
  CHECK(lab.content_of(lab.entries().at(0).content) == "one two");
  CHECK(lab.status().troubled == 0);
}

TEST_CASE("a file that IPFS cannot take is a trouble with a reason, and hinders no other") {
  notary_lab lab(0, false);
  lab.node->provide<choosy_ipfs>({});
  lab.node->provide<db::db_worker>({}, [] { return std::make_shared<db::memory_store>(); });
  lab.node->provide<key_manager::key_manager_worker>(
      {}, std::make_shared<const key_manager::passphrase_source>(key_manager::passphrase_source::in_memory()), "test");
  for (auto name : {"bad 1", "bad 2", "good"}) lab.write(name, "x");
  lab.start();
  CHECK(lab.names() == std::vector<std::string>{"good"});
  auto now = lab.status();
  CHECK(now.troubled == 2);
  CHECK(now.troubles.at(0) == ledger::trouble{"bad 1", "no room for bad 1"});
  std::filesystem::rename(lab.inbox / "bad 1", lab.inbox / "fine 1");
  lab.sweep();
  CHECK(lab.names() == std::vector<std::string>{"fine 1", "good"});
  CHECK(lab.status().troubled == 1);
  auto is_about_it = [](const std::string& line) {
    return line.find("cannot be recorded now") != line.npos && line.find("bad 2") != line.npos;
  };
  CHECK(std::ranges::count_if(lab.node.log_lines, is_about_it) == 1); // though it was tried twice
}

TEST_CASE("a directory that goes is a trouble, and watched again when it is back") {
  notary_lab lab;
  lab.write("file", "x");
  lab.start();
  auto away = lab.inbox.path().string() + "-away";
  std::filesystem::rename(lab.inbox.path(), away);
  lab.sweep();
  REQUIRE(lab.status().troubles.size() == 1);
  CHECK(lab.status().troubles[0].problem
        == "cannot look at the directory " + lab.inbox.path().string() + ": No such file or directory");
  std::filesystem::rename(away, lab.inbox.path());
  lab.write("another", "y");
  lab.sweep();
  CHECK(lab.names() == std::vector<std::string>{"another", "file"});
  CHECK(lab.status().troubled == 0);
}

TEST_CASE("a directory that may not be listed is a trouble" * doctest::skip(::geteuid() == 0)) {
  notary_lab lab;
  lab.write("closed/file", "x");
  lab.write("open/file", "x");
  ::chmod((lab.inbox / "closed").c_str(), 0);
  lab.start();
  ::chmod((lab.inbox / "closed").c_str(), 0700);
  CHECK(lab.names() == std::vector<std::string>{"open/file"});
  CHECK(lab.status().troubles.at(0).problem == "cannot list this directory: Permission denied");
}

TEST_CASE("a notary that comes back knows what was recorded") {
  notary_lab lab;
  lab.write("a", "1");
  lab.write("b", "2");
  lab.start();
  lab.node->stop_child("notary");
  lab.write("b", "changed");
  lab.write("c", "3");
  lab.entered.clear();
  lab.spawn(1h, "notary-2");
  std::ranges::sort(lab.entered);
  CHECK(lab.entered == std::vector<std::string>{"b", "c"});
  CHECK(lab.status().done == 2);
  CHECK(lab.entries().size() == 4);
}

TEST_CASE("a notary that is killed is started again and goes on") {
  notary_lab lab;
  for (int i = 0; i < 20; ++i) lab.write("file " + std::to_string(i), std::to_string(i));
  lab.node->start();
  lab.spawn();
  lab.write("one more", "x");
  lab.node.kill("ledger");
  lab.node.advance(1s); // a worker that was killed is back by then
  lab.sweep();
  lab.sweep();
  CHECK(lab.entries().size() == 21);
  CHECK(lab.status().troubled == 0);
}

TEST_CASE("whatever the order of events, each file is recorded once") {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    INFO("seed ", seed);
    notary_lab lab(seed);
    for (int i = 0; i < 12; ++i) lab.write("file " + std::to_string(i), std::to_string(i % 5));
    lab.start();
    CHECK(lab.entries().size() == 12);
    CHECK(lab.entered.size() == 12);
    for (auto& e : lab.entries()) CHECK(e.version == 1);
  }
}

TEST_CASE("a large file is recorded and verified in pieces") {
  notary_lab lab;
  std::string large(5'000'001, 'x');
  for (std::size_t i = 0; i < large.size(); i += 1000) large[i] = static_cast<char>(i / 1000);
  lab.write("large", large);
  lab.start();
  REQUIRE(lab.entries().size() == 1);
  CHECK(lab.content_of(lab.entries()[0].content) == large);
  CHECK(lab.verdicts().at("large 1").original == ledger::original::same);
}
