#include "tests/tools/pillar/binary_text.hpp"
#include "tests/tools/pillar/documents.hpp"
#include "tests/tools/pillar/process.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace pillar::test;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr auto hello_cid = "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN"; // of "hello\n", by `ipfs add`
constexpr auto photos_cid = "QmQDud3LrC5bxGr4s3CjQLjQfbKBr8AUGGsyJK3n4pJBqa";
constexpr auto sub_cid = "QmNMrBRth3NMjdWYXaireUyUNFjsbY7j1r2xYzQu8eEgUw";
constexpr auto empty_cid = "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH";
constexpr auto link_cid = "QmQGdvJc5i8i3wPbkBgwtn91eoNg9cDxMBqaH4RBJVGX8S";
constexpr auto hello_cid_as_removed =
    "bafkreiffndsajwhk3lwjewwdxqntmjm4b5wxaaanokonsggenkbw6slwk4"; // its hash, as ipfs
constexpr auto hello_block = "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am";

/// photos/{a, link, sub/b}
void add_photos(const user& someone, bool pin = true) {
  someone.write("photos/a", "hello\n");
  someone.write("photos/sub/b", "");
  if (!fs::is_symlink(someone.home() / "photos/link")) fs::create_symlink("a", someone.home() / "photos/link");
  REQUIRE(someone.says({"ipfs", "add", "-rQ", pin ? "--pin" : "--pin=false", "photos"}) == photos_cid);
}

std::string sorted(const std::string& lines) {
  std::vector<std::string> all;
  std::istringstream from(lines);
  for (std::string line; std::getline(from, line);) all.push_back(line);
  std::ranges::sort(all);
  std::string text;
  for (auto& line : all) text += line + "\n";
  return text;
}

std::string text_of(std::initializer_list<std::string> lines) {
  std::string text;
  for (auto& line : lines) text += line + "\n";
  return text;
}

void damage(const user& someone, const std::string& text) {
  for (auto& file : fs::recursive_directory_iterator(someone.data() / "ipfs" / "segments")) {
    auto segment = someone.read(fs::relative(file.path(), someone.home()));
    const auto at = segment.find(text);
    if (at == std::string::npos) continue;
    segment[at] ^= 1;
    someone.write(fs::relative(file.path(), someone.home()), segment);
  }
}

} // namespace

TEST_CASE("ipfs ls prints the columns that ipfs prints") {
  user someone;
  add_photos(someone);
  const auto entries =
      text_of({std::string(hello_cid) + " 6 a", std::string(link_cid) + " 1 link", std::string(sub_cid) + " - sub/"});
  CHECK(someone.pillar({"ipfs", "ls", photos_cid}).out == entries);
  CHECK(someone.pillar({"ipfs", "ls", "-s", photos_cid}).out
        == text_of({std::string(hello_cid) + " 6         a", std::string(link_cid) + " 1         link",
                    std::string(sub_cid) + " -         sub/"}));
  CHECK(someone.pillar({"ipfs", "ls", "--size=false", photos_cid}).out
        == text_of({std::string(hello_cid) + " a", std::string(link_cid) + " link", std::string(sub_cid) + " sub/"}));
  CHECK(someone.pillar({"ipfs", "ls", "-v", photos_cid})
            .out.starts_with("Hash                                           Size Name\n" + std::string(hello_cid)
                             + " 6    a\n"));
  const auto sub = std::string(photos_cid) + "/sub";
  CHECK(someone.pillar({"ipfs", "ls", photos_cid, sub}).out
        == std::string(photos_cid) + ":\n" + entries + "\n" + sub + ":\n" + empty_cid + " 0 b\n");
  CHECK(someone.says({"ipfs", "ls", hello_cid}) == "");
}

TEST_CASE("the columns of ipfs ls fit the longest size, and no name leaves its line") {
  user someone;
  someone.write("w/big", std::string(123'456, '\0'));
  someone.write("w/a\nb", "hello\n");
  const auto root = someone.says({"ipfs", "add", "-rQ", "w"});
  const auto shown = someone.says({"ipfs", "ls", root});
  CHECK(shown.starts_with(std::string(hello_cid) + " 6      a\\nb\n"));
  CHECK(shown.ends_with(" 123456 big"));
}

TEST_CASE("ipfs ls --json, stat and resolve describe what there is") {
  user someone;
  add_photos(someone);
  const auto all = documents(someone.says({"ipfs", "ls", "--json", photos_cid}));
  REQUIRE(all.size() == 3);
  CHECK(text_at(all.back(), "kind") == "directory");
  CHECK(text_at(all.front(), "name") == "a");
  CHECK(someone.says({"ipfs", "resolve", std::string(photos_cid) + "/sub/b"}) == std::string("/ipfs/") + empty_cid);
  CHECK(someone.says({"ipfs", "resolve", "--json", hello_cid}) == "{\"text\":\"" + std::string(hello_cid) + "\"}");
  const auto missing = someone.pillar({"ipfs", "resolve", std::string(photos_cid) + "/none"});
  CHECK(missing.exit == 4);
  CHECK(someone.pillar({"ipfs", "ls", "nonsense"}).exit == 2);
  const auto old = someone.says({"ipfs", "add", "-Q", "--mode=0640", "--mtime=86400", "--mtime-nsecs=5"}, "old");
  CHECK(someone.says({"ipfs", "stat", old})
            .ends_with("mode             0640\nmtime            86400.000000005 s since 1970"));
}

TEST_CASE("ipfs pin tells what it did in the words of ipfs") {
  user someone;
  add_photos(someone, false);
  const auto root = std::string(photos_cid), hello = std::string(hello_cid);
  CHECK(someone.says({"ipfs", "pin", "add", root}) == "pinned " + root + " recursively");
  CHECK(someone.says({"ipfs", "pin", "add", "--recursive=false", root + "/a"}) == "pinned " + hello + " directly");
  CHECK(sorted(someone.pillar({"ipfs", "pin", "ls"}).out)
        == sorted(text_of({root + " recursive", hello + " direct", std::string(link_cid) + " indirect",
                           std::string(sub_cid) + " indirect", std::string(empty_cid) + " indirect"})));
  CHECK(someone.says({"ipfs", "pin", "ls", "--type", "recursive"}) == root + " recursive");
  CHECK(someone.says({"ipfs", "pin", "ls", "-t", "direct", "-q"}) == hello);
  CHECK(someone.says({"ipfs", "pin", "ls", root + "/sub"}) == std::string(sub_cid) + " indirect");
  CHECK(someone.says({"ipfs", "pin", "add", "--name", "holidays", root}) == "pinned " + root + " recursively");
  CHECK(someone.says({"ipfs", "pin", "ls", "--name", "day"}) == root + " recursive holidays");
  CHECK(someone.says({"ipfs", "pin", "ls", "-t", "recursive"}) == root + " recursive");
  CHECK(someone.says({"ipfs", "pin", "ls", "-t", "recursive", "--names"}) == root + " recursive holidays");
  CHECK(documents(someone.says({"ipfs", "pin", "ls", "-t", "recursive", "--json"})).at(0)
        == json::value{{"id", {{"text", root}}}, {"kind", "recursive"}, {"name", "holidays"}});
  CHECK(someone.says({"ipfs", "pin", "rm", root, hello}) == "unpinned " + root + "\nunpinned " + hello);
  CHECK(someone.says({"ipfs", "pin", "ls"}) == "");
}

TEST_CASE("ipfs pin tells what it cannot do") {
  user someone;
  add_photos(someone);
  CHECK(someone.pillar({"ipfs", "pin", "rm", hello_cid}).exit == 4);
  CHECK(someone.pillar({"ipfs", "pin", "rm", "--recursive=false", photos_cid}).exit == 4);
  CHECK(someone.pillar({"ipfs", "pin", "add", "-r=false", photos_cid}).exit == 7);
  CHECK(someone.pillar({"ipfs", "pin", "add", hello_block}).exit == 4);
  CHECK(someone.pillar({"ipfs", "pin", "ls", hello_block}).exit == 4);
  const auto kind = someone.pillar({"ipfs", "pin", "ls", "--type", "soft"});
  CHECK(kind.exit == 2);
  CHECK(kind.err
        == "pillar: ipfs pin ls: --type: \"soft\" is no kind of pin: give all, recursive, direct or indirect\n");
}

TEST_CASE("ipfs gc removes what is not pinned, and tells it") {
  user someone;
  add_photos(someone);
  const auto loose = someone.says({"ipfs", "add", "-Q", "--cid-version=1", "--pin=false"}, "loose");
  CHECK(someone.says({"ipfs", "gc"}) == "removed " + loose);
  CHECK(someone.says({"ipfs", "gc"}) == "");
  CHECK(someone.pillar({"ipfs", "cat", loose}).exit == 4);
  CHECK(someone.pillar({"ipfs", "cat", hello_cid}).out == "hello\n");
  someone.says({"ipfs", "pin", "rm", photos_cid});
  const auto removed = someone.pillar({"ipfs", "gc", "-q"}).out;
  CHECK(removed.find(std::string(hello_cid_as_removed) + "\n") != std::string::npos);
  CHECK(std::ranges::count(removed, '\n') == 5);
  CHECK(someone.says({"ipfs", "repo", "stat"}).starts_with("NumObjects: 0\nRepoSize:   "));
}

TEST_CASE("ipfs verify tells damaged blocks, and gives an exit code for scripts") {
  user someone;
  add_photos(someone);
  const auto cid = someone.says({"ipfs", "add", "-Q", "--cid-version=1"}, "a content that will be damaged");
  CHECK(someone.says({"ipfs", "verify"}) == "verify complete, all blocks validated.");
  CHECK(documents(someone.says({"ipfs", "verify", "--json"})).back().at("blocks") == 6);
  damage(someone, "will be damaged");
  const auto found = someone.pillar({"ipfs", "verify"});
  CHECK(found.exit == 9);
  CHECK(found.out.starts_with("block " + cid + " was corrupt ("));
  CHECK(std::ranges::count(found.out, '\n') == 1);
  CHECK(found.err == "pillar: verify complete, 1 of 6 blocks is corrupt: add or import the content again\n");
  const auto lines = someone.pillar({"ipfs", "verify", "--json"});
  CHECK(lines.exit == 9);
  CHECK(lines.out.find("\"damaged\":{\"text\":\"" + cid + "\"}") != std::string::npos);
}

TEST_CASE("ipfs repo stat has the fields of ipfs, and sizes for people") {
  user someone;
  add_photos(someone);
  const auto shown = someone.says({"ipfs", "repo", "stat"});
  CHECK(shown.starts_with("NumObjects: 5\nRepoSize:   "));
  CHECK(shown.find("\nRepoPath:   " + (someone.data() / "ipfs").string() + "\nVersion:    ") != std::string::npos);
  CHECK(someone.says({"ipfs", "repo", "stat", "-s", "-H"}).ends_with("iB"));
  CHECK(json::parse(someone.says({"ipfs", "repo", "stat", "--json"})).at("blocks") == 5);
}

TEST_CASE("an archive passes through a pipe, and imported it gives the same content") {
  user one, other;
  add_photos(one);
  const auto content = binary_text(3'000'000);
  const auto cid = one.says({"ipfs", "add", "-Q", "--cid-version=1"}, content);
  const auto archive = one.pillar({"ipfs", "export", cid});
  CHECK(archive.exit == 0);
  CHECK(archive.err == "");
  CHECK(other.says({"ipfs", "import"}, archive.out) == "Pinned root\t" + cid + "\tsuccess");
  CHECK((other.pillar({"ipfs", "cat", cid}).out == content));
  CHECK(other.says({"ipfs", "pin", "ls", "-t", "recursive"}) == cid + " recursive");

  other.write("photos.car", one.pillar({"ipfs", "export", photos_cid}).out);
  CHECK(other.says({"ipfs", "import", "photos.car", "--stats"})
        == std::string("Pinned root\t") + photos_cid + "\tsuccess\nImported 5 blocks (212 bytes)");
  CHECK(other.says({"ipfs", "import", "photos.car", "--pin-roots=false", "--stats"})
        == "Imported 5 blocks (212 bytes)");
  CHECK(other.says({"ipfs", "import", "photos.car", "--silent"}) == "");
  CHECK(json::parse(other.says({"ipfs", "import", "photos.car", "--json"})).at("blocks") == 5);
}

TEST_CASE("the archives of ipfs dag export and ipfs export are the same bytes") {
  user someone;
  add_photos(someone);
  const auto archive = someone.pillar({"ipfs", "export", photos_cid}).out;
  CHECK(archive.size() == 445); // Kubo 0.39's
  CHECK(archive.starts_with("\x38\xa2"
                            "eroots\x81\xd8\x2a\x58\x23"));
}

TEST_CASE("several archives are pinned together, so that one may hold what another lacks") {
  user one, other;
  add_photos(one);
  one.write("photos/more", binary_text(1000));
  const auto root = one.says({"ipfs", "add", "-rQ", "photos"});
  const auto more = one.says({"ipfs", "add", "-Q", "photos/more"});
  one.says({"ipfs", "export", root, "-o", "whole.car"});
  other.write("whole.car", one.read("whole.car"));
  other.write("more.car", one.pillar({"ipfs", "export", more}).out);
  CHECK(other.says({"ipfs", "import", "whole.car", "more.car", "whole.car"})
        == "Pinned root\t" + root + "\tsuccess\nPinned root\t" + more + "\tsuccess");
}

TEST_CASE("ipfs export writes a new file whole or not at all") {
  user someone;
  add_photos(someone);
  CHECK(someone.says({"ipfs", "export", photos_cid, "-o", "photos.car"}) == "");
  CHECK(someone.read("photos.car").size() == 445);
  const auto exists = someone.pillar({"ipfs", "export", photos_cid, "-o", "photos.car"});
  CHECK(exists.exit == 7);
  CHECK(exists.err == "pillar: photos.car exists: remove it, or choose another name\n");
  CHECK(someone.pillar({"ipfs", "export", photos_cid, "-o", "no/such/place"}).exit == 4);
  CHECK(someone.pillar({"ipfs", "export", hello_block, "-o", "missing.car"}).exit == 4);
  CHECK(!fs::exists(someone.home() / "missing.car"));
  damage(someone, "hello\n");
  CHECK(someone.pillar({"ipfs", "export", photos_cid, "-o", "damaged.car"}).exit == 9);
  CHECK(!fs::exists(someone.home() / "damaged.car"));
  CHECK(someone.pillar({"ipfs", "export", "--json", photos_cid}).exit == 2);
}

TEST_CASE("ipfs import tells what is wrong with an archive, by the name it was given") {
  user one, other;
  add_photos(one);
  auto archive = one.pillar({"ipfs", "export", photos_cid}).out;
  const auto text = other.pillar({"ipfs", "import"}, "this is no archive");
  CHECK(text.exit == 2);
  CHECK(text.err.find("standard input") != std::string::npos);
  CHECK(text.err.find("/proc") == std::string::npos);
  const auto short_one = other.pillar({"ipfs", "import", "-"}, archive.substr(0, archive.size() - 3));
  CHECK(short_one.exit == 9);
  archive[archive.find("hello")] = 'H';
  other.write("wrong.car", archive);
  const auto wrong = other.pillar({"ipfs", "import", "wrong.car"});
  CHECK(wrong.exit == 9);
  CHECK(wrong.err.find("wrong.car") != std::string::npos);
  CHECK(other.pillar({"ipfs", "import", "none.car"}).exit == 4);
  CHECK(other.pillar({"ipfs", "import", "-", "-"}).exit == 2);
  CHECK(other.says({"ipfs", "pin", "ls"}) == "");
}

TEST_CASE("ipfs block puts, gets, describes and removes blocks") {
  user someone;
  someone.write("file", "hello\n");
  CHECK(someone.says({"ipfs", "block", "put", "file"}) == hello_block);
  CHECK(someone.says({"ipfs", "block", "put"}, "hello\n") == hello_block);
  CHECK(someone.says({"ipfs", "block", "put", "--cid-codec", "dag-pb", "file"})
        == "bafybeicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am");
  CHECK(someone.says({"ipfs", "block", "stat", hello_block}) == "Key: " + std::string(hello_block) + "\nSize: 6");
  const auto content = binary_text(2 << 20);
  const auto big = someone.says({"ipfs", "block", "put", "--pin", "--mhtype=sha2-512"}, content);
  CHECK((someone.pillar({"ipfs", "block", "get", big}).out == content));
  CHECK(json::parse(someone.says({"ipfs", "block", "get", "--json", hello_block})) == "aGVsbG8K");
  const auto pinned = someone.pillar({"ipfs", "block", "rm", big});
  CHECK(pinned.exit == 7);
  CHECK(pinned.err.find("pinned") != std::string::npos);
  CHECK(someone.says({"ipfs", "block", "rm", hello_block}) == "removed " + std::string(hello_block));
  CHECK(someone.pillar({"ipfs", "block", "rm", hello_block}).exit == 4);
  CHECK(someone.says({"ipfs", "block", "rm", "-f", hello_block}) == "");
  CHECK(someone.pillar({"ipfs", "block", "get", hello_block}).exit == 4);
  const auto large = someone.pillar({"ipfs", "block", "put"}, content + "x");
  CHECK(large.exit == 1);
  CHECK(large.err.find("pillar ipfs add") != std::string::npos);
  CHECK(someone.pillar({"ipfs", "block", "put", "--cid-codec", "jpeg"}, "x").exit == 2);
}

TEST_CASE("on the embedded store a command has no other program to hear or be heard by, and says so") {
  user someone;
  const auto published = someone.pillar({"ipfs", "publish", "news", "it rains"});
  CHECK(published.exit == 0);
  CHECK(published.err.starts_with("pillar: note: nobody can have heard it: "));
  const auto refused = someone.pillar({"ipfs", "subscribe", "news"});
  CHECK(refused.exit == 1);
  CHECK(refused.err.find("--set ipfs.backend=kubo") != std::string::npos);
  CHECK(someone.pillar({"ipfs", "publish", std::string(1025, 't'), "x"}).exit == 2);
  const auto large = someone.pillar({"ipfs", "publish", "news"}, std::string((1 << 20) + 1, 'x'));
  CHECK(large.exit == 1);
  CHECK(large.err.find("publish the CID") != std::string::npos);
}
