#include "tests/tools/pillar/binary_text.hpp"
#include "tests/tools/pillar/documents.hpp"
#include "tests/tools/pillar/process.hpp"

#include <doctest/doctest.h>

using namespace pillar::test;
namespace json = boost::json;

TEST_CASE("a document is put, got, listed and removed") {
  user someone;
  CHECK(someone.says({"db", "put", "notes/today", "buy bread"}) == "revision 1");
  CHECK(someone.pillar({"db", "get", "notes/today"}).out == "buy bread");
  CHECK(someone.says({"db", "put", "notes/tomorrow", ""}) == "revision 2");
  CHECK(someone.pillar({"db", "get", "notes/tomorrow"}).out == "");
  CHECK(someone.says({"db", "put", "other", "x"}) == "revision 3");
  CHECK(someone.says({"db", "ls"}) == "notes/today\nnotes/tomorrow\nother");
  CHECK(someone.says({"db", "ls", "notes/"}) == "notes/today\nnotes/tomorrow");
  CHECK(someone.says({"db", "ls", "-l", "notes/to"})
        == "       1        9  notes/today\n       2        0  notes/tomorrow");
  CHECK(someone.says({"db", "rm", "notes/today"}) == "revision 4");
  CHECK(someone.says({"db", "ls", "notes/"}) == "notes/tomorrow");
  CHECK(someone.says({"db", "ls", "nothing"}) == "");
}

TEST_CASE("binary values pass through db put - and db get unchanged") {
  user someone;
  const auto value = binary_text(1 << 20); // the most there may be
  CHECK(someone.says({"db", "put", "image", "-"}, value) == "revision 1");
  CHECK((someone.pillar({"db", "get", "image"}).out == value));
  const auto refused = someone.pillar({"db", "put", "image", "-"}, value + "!");
  CHECK(refused.exit == 1);
  CHECK(refused.err
        == "pillar: standard input has more than 1048576 bytes: store it with `pillar ipfs add -` and its CID in the "
           "DB\n");
}

TEST_CASE("values that look like options or lists are values") {
  user someone;
  someone.says({"db", "put", "list", "[1,2]"});
  CHECK(someone.pillar({"db", "get", "list"}).out == "[1,2]");
  someone.says({"db", "put", "number", "--", "-5"});
  CHECK(someone.pillar({"db", "get", "number"}).out == "-5");
  someone.says({"db", "put", "ls", "start"});
  CHECK(someone.pillar({"db", "get", "ls"}).out == "start");
  someone.says({"db", "put", "text", "--", "--json"});
  CHECK(someone.pillar({"db", "get", "text"}).out == "--json");
}

TEST_CASE("each space has documents of its own") {
  user someone;
  someone.says({"db", "put", "key", "ours"});
  someone.says({"db", "--space", "notary", "put", "key", "theirs"});
  CHECK(someone.pillar({"db", "get", "key"}).out == "ours");
  CHECK(someone.pillar({"db", "get", "--space", "application", "key"}).out == "ours");
  CHECK(someone.pillar({"db", "get", "key", "-s", "notary"}).out == "theirs");
  const auto missing = someone.pillar({"db", "get", "--space", "other", "key"});
  CHECK(missing.exit == 4);
  CHECK(missing.err == "pillar: no document \"key\" in the space of \"other\"\n");
  const auto refused = someone.pillar({"db", "get", "--space", "Not A Name", "key"});
  CHECK(refused.exit == 2);
  CHECK(refused.err.starts_with("pillar: \"Not A Name\" cannot name an actor: "));
}

TEST_CASE("a write that expects another revision is refused") {
  user someone;
  CHECK(someone.says({"db", "put", "key", "1", "--if-revision", "0"}) == "revision 1");
  const auto exists = someone.pillar({"db", "put", "key", "2", "--if-revision=0"});
  CHECK(exists.exit == 7);
  CHECK(exists.err.starts_with("pillar: document \"key\" has revision 1, but was to be new: "));
  const auto other = someone.pillar({"db", "rm", "key", "--if-revision", "7"});
  CHECK(other.exit == 7);
  CHECK(other.err.starts_with("pillar: document \"key\" has revision 1, not 7: "));
  CHECK(someone.pillar({"db", "get", "key"}).out == "1");
  CHECK(someone.says({"db", "put", "key", "2", "--if-revision", "1"}) == "revision 2");
}

TEST_CASE("wrong keys are told") {
  user someone;
  someone.says({"db", "put", "key", "value"});
  CHECK(someone.pillar({"db", "get", "other"}).exit == 4);
  CHECK(someone.pillar({"db", "rm", "other"}).exit == 4);
  for (auto* key : {"", "a//b", "../a", "a\nb"}) {
    const auto refused = someone.pillar({"db", "put", key, "value"});
    CHECK(refused.exit == 2);
    CHECK(refused.out == "");
    CHECK(refused.err.starts_with("pillar: "));
    CHECK(refused.err.find('\n') == refused.err.size() - 1);
  }
}

TEST_CASE("with --json the db commands print their replies") {
  user someone;
  CHECK(json::parse(someone.says({"db", "put", "--json", "key", "value"})) == 1);
  CHECK(json::parse(someone.says({"db", "get", "--json", "key"}))
        == json::value{{"value", "dmFsdWU="}, {"revision", 1}});
  CHECK(json::parse(someone.says({"db", "ls", "--json"}))
        == json::value{{"key", "key"}, {"revision", 1}, {"size", 5}, {"value", ""}});
  CHECK(text_at(json::parse(someone.says({"db", "ls", "--json", "--values"})), "value") == "dmFsdWU=");
  CHECK(json::parse(someone.says({"db", "rm", "--json", "key"})) == 2);
  const auto missing = someone.pillar({"db", "get", "--json", "key"});
  CHECK(missing.out == "");
  CHECK(json::parse(missing.err)
        == json::value{
            {"error", "not_found"}, {"message", "no document \"key\" in the space of \"application\""}, {"exit", 4}});
  const auto refused = someone.pillar({"db", "ls", "--values"});
  CHECK(refused.exit == 2);
  CHECK(refused.err == "pillar: --values is for programs: give --json with it, or use `pillar db get`\n");
}
