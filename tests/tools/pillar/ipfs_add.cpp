#include "tests/tools/pillar/binary_text.hpp"
#include "tests/tools/pillar/documents.hpp"
#include "tests/tools/pillar/process.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include <sys/stat.h>

using namespace pillar::test;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr auto hello_cid = "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN"; // of "hello\n", by `ipfs add`

std::string added(const std::string& cid, const std::string& name) {
  return "added " + cid + " " + name;
}

std::string refusal(const user& someone, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"ipfs", "add"});
  const auto left = someone.pillar(std::move(arguments));
  CHECK(left.exit == 2);
  CHECK(left.out == "");
  CHECK(!fs::exists(someone.data()));
  return left.err;
}

/// photos/{a, link, sub/b}, of which Kubo 0.39's lines are known, and file
void write_photos(const user& someone) {
  someone.write("photos/a", "hello\n");
  someone.write("photos/sub/b", "");
  fs::create_symlink("a", someone.home() / "photos/link");
  someone.write("file", "hello\n");
}

} // namespace

TEST_CASE("ipfs add -w tells what ipfs tells, and the directory without a name last") {
  user someone;
  write_photos(someone);
  const auto root = "QmPfypXC7mn7tLfvvcstGsD1kTNzGiaXuHCUx57oU2Zoi7";
  const auto all = someone.says({"ipfs", "add", "-r", "-w", "photos", "file"});
  for (auto& line : {added(hello_cid, "file"), added(hello_cid, "photos/a"),
                     added("QmQGdvJc5i8i3wPbkBgwtn91eoNg9cDxMBqaH4RBJVGX8S", "photos/link"),
                     added("QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH", "photos/sub/b"),
                     added("QmNMrBRth3NMjdWYXaireUyUNFjsbY7j1r2xYzQu8eEgUw", "photos/sub"),
                     added("QmQDud3LrC5bxGr4s3CjQLjQfbKBr8AUGGsyJK3n4pJBqa", "photos")})
    CHECK(("\n" + all + "\n").find("\n" + line + "\n") != std::string::npos);
  CHECK(all.ends_with("\n" + added(root, "")));
  CHECK(std::ranges::count(all, '\n') == 6);
  CHECK(someone.says({"ipfs", "add", "-rQw", "photos", "file"}) == root);
  CHECK(someone.says({"ipfs", "add", "-q", "-w", "file"})
        == std::string(hello_cid) + "\nQmPbNZXfkfFbYpQTaDJmkKcjMWVDw24arGfwX1Ce16GKeD");
}

TEST_CASE("several paths are told in the order in which they are given, also when their names are the same") {
  user someone;
  write_photos(someone);
  someone.write("other/a", "other");
  const auto other = someone.says({"ipfs", "add", "-Q", "other/a"});
  CHECK(someone.says({"ipfs", "add", "photos/a", "other/a", "file"})
        == added(hello_cid, "a") + "\n" + added(other, "a") + "\n" + added(hello_cid, "file"));
  const auto mixed = someone.says({"ipfs", "add", "-r", "file", "photos", "other/a"});
  CHECK(mixed.starts_with(added(hello_cid, "file") + "\n" + added(hello_cid, "photos/a") + "\n"));
  CHECK(mixed.ends_with(" photos\n" + added(other, "a")));
  CHECK(someone.says({"ipfs", "add", "-rQ", "other/a", "photos", "file"}) == hello_cid);
  CHECK(someone.pillar({"ipfs", "add", "-", "file"}, "hello\n").out
        == added(hello_cid, hello_cid) + "\n" + added(hello_cid, "file") + "\n");
}

TEST_CASE("a directory given as a dot has the name that it has") {
  user someone;
  write_photos(someone);
  const auto base = someone.home().filename().string();
  const auto all = someone.says({"ipfs", "add", "-r", "."});
  CHECK(all.find(" " + base + "/photos/sub/b\n") != std::string::npos);
  CHECK(all.ends_with(" " + base));
  CHECK(someone.says({"ipfs", "add", "-r", "photos/sub/.."}).ends_with(" photos"));
}

TEST_CASE("ipfs add takes every option that decides a CID, as ipfs does") {
  user someone;
  someone.write("file", "hello\n");
  const auto cid = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"ipfs", "add", "-Q", "file"});
    return someone.says(options);
  };
  CHECK(cid({"--cid-version", "1"}) == "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am");
  CHECK(cid({"--profile", "unixfs-v1-2025"}) == "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am");
  CHECK(cid({"--cid-version=1", "--raw-leaves=false"}).starts_with("bafybei"));
  CHECK(cid({"--raw-leaves"}).starts_with("bafkrei"));
  CHECK(cid({"--mode", "0644", "--mtime", "5"}) == "QmQZLMGFSAddiaHL4sXSby7ntU1sSC51NL9TGGeAGuUg7E");
  CHECK(cid({"--mtime=-5", "--mtime-nsecs", "7"}) != cid({"--mtime=-5"}));
  CHECK(cid({"--inline", "--cid-version", "1"}) == "bafkqabtimvwgy3yk");
  CHECK(cid({"--inline", "--inline-limit", "2", "--cid-version", "1"})
        == "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am");
  CHECK(cid({"--hash", "blake3"}).starts_with("bafkr"));
  someone.write("file", binary_text(600'000));
  const auto usual = cid({});
  for (auto& options : {std::vector<std::string>{"-s", "size-1000"},
                        {"--chunker=rabin-1000-2000-4000"},
                        {"-s", "buzhash"},
                        {"-s", "size-1000", "-t"}})
    CHECK(cid(options) != usual);
  ::chmod((someone.home() / "file").c_str(), 0640);
  CHECK(cid({"--preserve-mode"}) == cid({"--mode", "640"}));
  CHECK(cid({"--preserve-mtime"}) != usual);
}

TEST_CASE("ipfs add tells what is wrong with its options before it stores anything") {
  user someone;
  someone.write("file", "hello\n");
  CHECK(refusal(someone, {"file", "--cid-version", "2"})
        == "pillar: ipfs add: --cid-version: there is no version 2: give 0 or 1\n");
  CHECK(refusal(someone, {"file", "--mode", "rw-r--r--"})
        == "pillar: ipfs add: --mode: \"rw-r--r--\" are no permissions: write them as octal digits, such as 0644\n");
  CHECK(refusal(someone, {"file", "--mode=10000"}).find("\"10000\" are no permissions") != std::string::npos);
  CHECK(refusal(someone, {"file", "--inline-limit", "8"})
        == "pillar: ipfs add: --inline-limit has no meaning without --inline: give both\n");
  CHECK(refusal(someone, {"file", "--inline", "--inline-limit", "129"}).find("128 bytes are the most")
        != std::string::npos);
  CHECK(refusal(someone, {"file", "--mtime-nsecs", "8"}).find("without --mtime") != std::string::npos);
  CHECK(refusal(someone, {"file", "--pin=false", "--pin-name=x"}).find("--pin-name has no meaning")
        != std::string::npos);
  CHECK(refusal(someone, {"-w", "-"})
        == "pillar: ipfs add: standard input has no name to have in a directory: give it one with --stdin-name\n");
  CHECK(refusal(someone, {"-w", "--stdin-name", "x", "--preserve-mode"}).find("no permissions or time to preserve")
        != std::string::npos);
  CHECK(refusal(someone, {"file", "--stdin-name", "x"}).find("--stdin-name has no meaning") != std::string::npos);
  for (auto* name : {"a/b", "..", "."})
    CHECK(refusal(someone, {"--stdin-name", name}).find("is no name of a file") != std::string::npos);
  CHECK(
      refusal(someone, {"file", "--ignore", "[a"})
      == "pillar: ignore rule \"[a\" matches nothing, as a [ in it is not closed, or names a class that there is not: "
         "write \\[ for a bracket itself\n");
  const auto missing = someone.pillar({"ipfs", "add", "file", "none"});
  CHECK(missing.exit == 4);
  CHECK(missing.out == "");
  CHECK(missing.err == "pillar: there is no file none: nothing was added\n");
  CHECK(!fs::exists(someone.data()));
  for (auto& wrong : {std::vector<std::string>{"--chunker", "big"}, {"--hash", "md5"}, {"--profile", "fast"}}) {
    for (auto* path : {"file", "-"}) {
      auto arguments = wrong;
      arguments.insert(arguments.begin(), {"ipfs", "add", path});
      const auto refused = someone.pillar(arguments, "text");
      CHECK(refused.exit == 2);
      CHECK(refused.err.find(wrong.back()) != std::string::npos);
    }
  }
  CHECK(someone.says({"ipfs", "pin", "ls"}) == "");
}

TEST_CASE("ipfs add without a path adds standard input, of any size") {
  user someone;
  const auto content = binary_text(5'000'001);
  someone.write("file", content);
  const auto cid = someone.says({"ipfs", "add", "-Q", "file"});
  CHECK(someone.says({"ipfs", "add", "-Q"}, content) == cid);
  CHECK(someone.says({"ipfs", "add"}, "hello\n") == added(hello_cid, hello_cid));
  CHECK(someone.says({"ipfs", "add", "-q", "--pin-name", "input"}, content) == cid);
  CHECK(someone.says({"ipfs", "pin", "ls", "--names", cid}) == cid + " recursive input");
}

TEST_CASE("ipfs add -n finds CIDs and stores nothing") {
  user someone;
  write_photos(someone);
  const auto root = someone.says({"ipfs", "add", "-rQ", "--only-hash", "photos"});
  CHECK(root == "QmQDud3LrC5bxGr4s3CjQLjQfbKBr8AUGGsyJK3n4pJBqa");
  CHECK(someone.says({"ipfs", "add", "-n"}, "hello\n") == added(hello_cid, hello_cid));
  CHECK(someone.says({"ipfs", "pin", "ls"}) == "");
  CHECK(someone.pillar({"ipfs", "stat", root}).exit == 4);
}

TEST_CASE("ipfs add --json prints a document for each name, and how far it is only when asked") {
  user someone;
  write_photos(someone);
  someone.write("big", binary_text(700'000));
  const auto all = documents(someone.says({"ipfs", "add", "--json", "-r", "photos"}));
  REQUIRE(all.size() == 5);
  CHECK(text_at(all.back(), "name") == "photos");
  CHECK(text_at(all.back().at("id"), "text") == "QmQDud3LrC5bxGr4s3CjQLjQfbKBr8AUGGsyJK3n4pJBqa");
  CHECK(all.back().at("size") == 212); // as `ipfs add --enc=json` says
  const auto last = documents(someone.says({"ipfs", "add", "--json", "-Q", "big", "file"}));
  REQUIRE(last.size() == 1);
  CHECK(text_at(last.front().at("id"), "text") == hello_cid);
  const auto progress = documents(someone.says({"ipfs", "add", "--json", "--progress", "big"}));
  REQUIRE(progress.size() > 2);
  CHECK(progress.front().at("id").is_null());
  CHECK(progress.back().at("id").is_object());
  const auto input = documents(someone.says({"ipfs", "add", "--json"}, "hello\n"));
  REQUIRE(input.size() == 1);
  CHECK(input.front() == json::value{{"name", hello_cid}, {"size", 14}, {"id", {{"text", hello_cid}}}});
}

TEST_CASE("ipfs add --silent prints nothing, and what it adds is there") {
  user someone;
  write_photos(someone);
  CHECK(someone.says({"ipfs", "add", "-r", "--silent", "photos"}) == "");
  CHECK(someone.says({"ipfs", "cat", hello_cid}) == "hello");
}

TEST_CASE("ipfs add --ignore leaves out what the rules match, and what is given by name is added all the same") {
  user someone;
  for (auto* name : {"project/main.c", "project/main.o", "project/keep.o", "project/build/x", "project/src/build/y",
                     "project/[id]", "project/.hidden"})
    someone.write(name, name);
  const auto names = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"ipfs", "add", "-r", "project"});
    std::string out;
    for (auto& line : documents(someone.says([&] {
           options.emplace_back("--json");
           return options;
         }())))
      out += std::string(text_at(line, "name").substr(7)) + " ";
    return out;
  };
  CHECK(names({"--ignore", "*.o", "--ignore=/build/", "--ignore", "!keep.o"})
        == "/[id] /keep.o /main.c /src/build/y /src/build /src  ");
  CHECK(names({"--ignore", "build", "--ignore", "\\[id]", "--hidden"}) == "/.hidden /keep.o /main.c /main.o /src  ");
  CHECK(names({"--ignore", "[[]id]", "--ignore", "src", "--ignore", "build/"}) == "/keep.o /main.c /main.o  ");
  someone.write("rules", "# objects\n*.o\r\n\nsrc/\n");
  CHECK(names({"--ignore-rules-path", "rules", "--ignore", "!main.o"}) == "/[id] /build/x /main.c /main.o /build  ");
  CHECK(names({"--ignore", "project", "--ignore", "*.[co]"}) == "/[id] /build/x /src/build/y /build /src/build /src  ");
  CHECK(someone.says({"ipfs", "add", "-Q", "--ignore", "*.c", "project/main.c"})
        == someone.says({"ipfs", "add", "-Q", "project/main.c"}));
  const auto wrapped = someone.says({"ipfs", "add", "-rw", "--ignore", "/x", "project/build", "project/main.c"});
  CHECK(wrapped.find("build/x") == std::string::npos);
  CHECK(wrapped.find(" build\n") != std::string::npos);
  CHECK(wrapped.find(" main.c\n") != std::string::npos);
}

TEST_CASE("ipfs add tells what is wrong with a file of rules before it stores anything") {
  user someone;
  someone.write("photos/a", "hello\n");
  const auto missing = someone.pillar({"ipfs", "add", "-r", "photos", "--ignore-rules-path", "none"});
  CHECK(missing.exit == 4);
  CHECK(missing.err == "pillar: cannot read none: No such file or directory\n");
  CHECK(someone.pillar({"ipfs", "add", "-r", "photos", "--ignore-rules-path", "photos"}).err
        == "pillar: cannot read photos: Is a directory\n");
  someone.write("rules", "fine\nx[\n");
  CHECK(refusal(someone, {"-r", "photos", "--ignore-rules-path=rules"}).starts_with("pillar: ignore rule \"x[\" "));
  CHECK(!fs::exists(someone.data()));
}

TEST_CASE("ipfs add --dereference-args adds what links lead to, under that name, and links below stay links") {
  user someone;
  write_photos(someone);
  fs::create_symlink("photos/link", someone.home() / "chain");
  fs::create_symlink("photos", someone.home() / "album");
  fs::create_symlink("none", someone.home() / "dangling");
  CHECK(someone.says({"ipfs", "add", "--dereference-args", "chain"}) == added(hello_cid, "a"));
  CHECK(someone.says({"ipfs", "add", "chain"}) != added(hello_cid, "a"));
  CHECK(someone.says({"ipfs", "add", "-r", "--dereference-args", "album"})
        == someone.says({"ipfs", "add", "-r", "photos"}));
  CHECK(someone.pillar({"ipfs", "add", "--dereference-args", "album"}).err.find("is a directory: use -r")
        != std::string::npos);
  const auto missing = someone.pillar({"ipfs", "add", "--dereference-args", "dangling"});
  CHECK(missing.exit == 4);
  CHECK(missing.err == "pillar: there is no file behind dangling: nothing was added\n");
  CHECK(someone.says({"ipfs", "add", "dangling"}).ends_with(" dangling"));
}

TEST_CASE("ipfs add --stdin-name names standard input, also in the directory that wraps it") {
  user someone;
  someone.write("file", "hello\n");
  CHECK(someone.says({"ipfs", "add", "--stdin-name", "x"}, "hello\n") == added(hello_cid, "x"));
  CHECK(someone.says({"ipfs", "add", "-", "file", "--stdin-name=x"}, "hello\n")
        == added(hello_cid, "x") + "\n" + added(hello_cid, "file"));
  fs::copy(someone.home() / "file", someone.home() / "x");
  const auto both = someone.says({"ipfs", "add", "-w", "file", "x"});
  CHECK(someone.says({"ipfs", "add", "-w", "file", "-", "--stdin-name", "x"}, "hello\n") == both);
  CHECK(someone.says({"ipfs", "add", "-wQ", "--stdin-name", "x"}, "hello\n")
        == someone.says({"ipfs", "add", "-wQ", "x"}));
  const auto twice = someone.pillar({"ipfs", "add", "-w", "x", "-", "--stdin-name", "x"}, "hello\n");
  CHECK(twice.exit == 2);
  for (auto& entry : fs::directory_iterator(someone.data()))
    CHECK(!entry.path().filename().string().starts_with("input-"));
}
