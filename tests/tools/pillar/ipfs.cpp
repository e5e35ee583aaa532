#include "tests/tools/pillar/binary_text.hpp"
#include "tests/tools/pillar/documents.hpp"
#include "tests/tools/pillar/process.hpp"

#include <doctest/doctest.h>

using namespace pillar::test;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr auto hello_cid = "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN"; // of "hello\n", by `ipfs add`
constexpr auto empty_cid = "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH"; // of an empty file

std::string last_line(const std::string& text) {
  return text.substr(text.rfind('\n') + 1);
}

/// photos/{a, .hidden, sub/b}
void write_photos(const user& someone) {
  someone.write("photos/a", "hello\n");
  someone.write("photos/.hidden", "secret");
  someone.write("photos/sub/b", "");
}

} // namespace

TEST_CASE("ipfs add prints the lines that users of ipfs know") {
  user someone;
  someone.write("file", "hello\n");
  const auto line = std::string("added ") + hello_cid + " file";
  CHECK(someone.says({"ipfs", "add", "file"}) == line);
  CHECK(someone.says({"ipfs", "add", (someone.home() / "file").string()}) == line);
  CHECK(someone.says({"ipfs", "add", "-q", "file"}) == hello_cid);
  CHECK(someone.says({"ipfs", "add", "file", "-Q"}) == hello_cid);
  someone.write("empty", "");
  CHECK(someone.says({"ipfs", "add", "file", "empty"}) == line + "\nadded " + empty_cid + " empty");
  CHECK(someone.says({"ipfs", "add", "-Q", "file", "empty"}) == empty_cid);
}

TEST_CASE("ipfs add -r tells every name in a tree, a directory after what it holds") {
  user someone;
  write_photos(someone);
  const auto all = someone.says({"ipfs", "add", "-r", "photos"});
  const auto root = someone.says({"ipfs", "add", "-r", "-Q", "photos"});
  const auto sub = someone.says({"ipfs", "add", "-r", "-Q", "photos/sub"});
  CHECK(all
        == std::string("added ") + hello_cid + " photos/a\nadded " + empty_cid + " photos/sub/b\nadded " + sub
               + " photos/sub\nadded " + root + " photos");
  CHECK(someone.says({"ipfs", "add", "-r", "photos/"}) == all);
  CHECK(someone.says({"ipfs", "add", "-rq", "photos"})
        == std::string(hello_cid) + "\n" + empty_cid + "\n" + sub + "\n" + root);
}

TEST_CASE("hidden files are added only when asked for") {
  user someone;
  write_photos(someone);
  CHECK(someone.says({"ipfs", "add", "-r", "photos"}).find(".hidden") == std::string::npos);
  const auto all = someone.says({"ipfs", "add", "-r", "--hidden", "photos"});
  CHECK(all.find(" photos/.hidden\n") != std::string::npos);
  CHECK(someone.says({"ipfs", "add", "photos/.hidden"}).ends_with(" .hidden"));
}

TEST_CASE("a directory is added only with -r, and nothing is stored before that is known") {
  user someone;
  write_photos(someone);
  someone.write("file", "hello\n");
  const auto refused = someone.pillar({"ipfs", "add", "file", "photos"});
  CHECK(refused.exit == 2);
  CHECK(refused.out == "");
  CHECK(refused.err == "pillar: photos is a directory: use -r to add it with all that is in it\n");
  CHECK(!fs::exists(someone.data()));
}

TEST_CASE("names in brackets, with dashes, blanks and control characters are files like others") {
  user someone;
  const auto line = [](const std::string& name) { return std::string("added ") + hello_cid + " " + name; };
  for (auto* name : {"[id]", "[1,2]", "a b", "ü", "\x01[x]"}) someone.write(name, "hello\n");
  CHECK(someone.says({"ipfs", "add", "[id]"}) == line("[id]"));
  CHECK(someone.says({"ipfs", "add", "[1,2]", "a b", "ü"}) == line("[1,2]") + "\n" + line("a b") + "\n" + line("ü"));
  CHECK(someone.says({"ipfs", "add", "\x01[x]"}) == line("\\x01[x]"));
  someone.write("-r", "hello\n");
  CHECK(someone.says({"ipfs", "add", "--", "-r"}) == line("-r"));
  someone.write("line\nbreak\x1b[2J", "hello\n");
  CHECK(someone.says({"ipfs", "add", "line\nbreak\x1b[2J"}) == line("line\\nbreak\\x1b[2J"));
}

TEST_CASE("binary content passes through ipfs add - and ipfs cat unchanged") {
  user someone;
  const auto content = binary_text(3'000'000);
  someone.write("file", content);
  const auto cid = someone.says({"ipfs", "add", "-q", "-"}, content);
  CHECK(cid == someone.says({"ipfs", "add", "-q", "file"}));
  CHECK((someone.pillar({"ipfs", "cat", cid}).out == content));
  CHECK(someone.says({"ipfs", "add", "-"}, content) == "added " + cid + " " + cid);
  CHECK(someone.says({"ipfs", "add", "-Q", "-"}) == empty_cid);
}

TEST_CASE("ipfs cat writes parts, several files, and files in directories") {
  user someone;
  write_photos(someone);
  const auto root = someone.says({"ipfs", "add", "-rQ", "photos"});
  CHECK(someone.pillar({"ipfs", "cat", root + "/a"}).out == "hello\n");
  CHECK(someone.pillar({"ipfs", "cat", "/ipfs/" + root + "/a", hello_cid}).out == "hello\nhello\n");
  CHECK(someone.pillar({"ipfs", "cat", "--offset", "1", "--length=3", hello_cid}).out == "ell");
  CHECK(someone.pillar({"ipfs", "cat", "-o", "100", hello_cid}).out == "");
  const auto empty = root + "/sub/b";
  CHECK(someone.pillar({"ipfs", "cat", "-o", "3", "-l", "6", hello_cid, empty, hello_cid}).out == "lo\nhel"); // as ipfs
  CHECK(someone.pillar({"ipfs", "cat", "-o", "8", "-l", "6", hello_cid, empty, hello_cid}).out == "llo\n");
  CHECK(someone.pillar({"ipfs", "cat", "-l", "0", hello_cid}).out == "");
}

TEST_CASE("ipfs cat tells what is no file, not there, and no CID") {
  user someone;
  write_photos(someone);
  const auto root = someone.says({"ipfs", "add", "-rQ", "photos"});
  const auto directory = someone.pillar({"ipfs", "cat", root});
  CHECK(directory.exit == 2);
  CHECK(directory.err.starts_with("pillar: " + root + " is a directory: "));
  const auto entry = someone.pillar({"ipfs", "cat", root + "/c"});
  CHECK(entry.exit == 4);
  CHECK(entry.err == "pillar: no entry \"c\" in " + root + "\n");
  const auto wrong = someone.pillar({"ipfs", "cat", "nonsense"});
  CHECK(wrong.exit == 2);
  CHECK(wrong.err.starts_with("pillar: \"nonsense\" is no CID: "));
  const auto after = someone.pillar({"ipfs", "cat", hello_cid, "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"});
  CHECK(after.exit == 4);
  CHECK(after.out == "hello\n");
}

TEST_CASE("ipfs get writes a tree here, into a directory, or under a new name, and overwrites nothing") {
  user someone;
  write_photos(someone);
  const auto root = someone.says({"ipfs", "add", "-rQ", "photos"});
  CHECK(someone.says({"ipfs", "get", root}) == "Saving file(s) to " + root + "\nwrote 2 files, 6 bytes");
  CHECK(someone.read(root + "/a") == "hello\n");
  CHECK(fs::exists(someone.home() / root / "sub/b"));
  CHECK(someone.says({"ipfs", "get", root, "-o", "copy"}) == "Saving file(s) to copy\nwrote 2 files, 6 bytes");
  CHECK(someone.read("copy/a") == "hello\n");
  CHECK(someone.says({"ipfs", "get", "/ipfs/" + root + "/a", "-o", "copy/sub/"})
        == "Saving file(s) to copy/sub/a\nwrote 1 file, 6 bytes");
  CHECK(someone.says({"ipfs", "get", root + "/sub/", "-o", "new/"}) == "Saving file(s) to new\nwrote 1 file, 0 bytes");
  someone.write("copy/a", "mine");
  const auto refused = someone.pillar({"ipfs", "get", root + "/a", "-o", "copy"});
  CHECK(refused.exit == 7);
  CHECK(refused.err.find("copy/a exists, and nothing is overwritten") != std::string::npos);
  CHECK(someone.read("copy/a") == "mine");
  CHECK(someone.pillar({"ipfs", "get", root, "-o", "no/such/place"}).exit == 4);
}

TEST_CASE("ipfs stat and id show what there is") {
  user someone;
  write_photos(someone);
  const auto root = someone.says({"ipfs", "add", "-rQ", "photos"});
  const auto shown = someone.says({"ipfs", "stat", root});
  CHECK(shown.starts_with("cid              " + root + "\nkind             directory\nsize             0\n"));
  CHECK(last_line(shown) == "links            2");
  const auto id = someone.says({"ipfs", "id"});
  CHECK(id.starts_with("id     "));
  CHECK(someone.says({"ipfs", "id"}) == id);
}

TEST_CASE("with --json the ipfs commands print their replies, a line each") {
  user someone;
  write_photos(someone);
  const auto root = someone.says({"ipfs", "add", "-rQ", "photos"});
  CHECK(text_at(json::parse(someone.says({"--json", "ipfs", "stat", root})), "kind") == "directory");
  CHECK(json::parse(someone.says({"ipfs", "--json", "get", root})) == json::value{{"files", 2}, {"size", 6}});
  CHECK(json::parse(someone.says({"ipfs", "id", "--json"})).at("agent").is_string());
  const auto refused = someone.pillar({"ipfs", "cat", "--json", root});
  CHECK(refused.exit == 2);
  CHECK(text_at(json::parse(refused.err), "message") == "ipfs cat writes content as it is: leave --json out");
}

TEST_CASE("what is added is pinned unless --pin=false says otherwise") {
  user someone;
  const auto kept = someone.says({"ipfs", "add", "-Q", "-"}, "kept");
  const auto loose = someone.says({"ipfs", "add", "-Q", "--pin=false", "-"}, "loose");
  CHECK(someone.says({"ipfs", "pin", "ls"}) == kept + " recursive");
  CHECK(someone.pillar({"ipfs", "cat", loose}).out == "loose");
}
