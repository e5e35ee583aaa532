// The rules of gitignore(5), as git itself takes them.
#include "actors/ipfs/files/ignore_rules.hpp"

#include "interfaces/error.hpp"
#include "tests/actors/ipfs/support.hpp"

#include <doctest/doctest.h>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;

namespace {

/// Whether the rules leave out a path: a directory if it ends with a slash.
bool out(const std::vector<std::string>& rules, std::string_view path) {
  const bool is_directory = path.ends_with('/');
  if (is_directory) path.remove_suffix(1);
  return ignore_rules(rules).leave_out(path, is_directory);
}

void check_out(const std::string& rule, const std::vector<std::string_view>& paths) {
  for (auto path : paths) {
    CAPTURE(rule);
    CAPTURE(path);
    CHECK(out({rule}, path));
  }
}

void check_in(const std::string& rule, const std::vector<std::string_view>& paths) {
  for (auto path : paths) {
    CAPTURE(rule);
    CAPTURE(path);
    CHECK_FALSE(out({rule}, path));
  }
}

} // namespace

TEST_CASE("a rule without a slash is about a name anywhere, of a file or a directory") {
  check_out("a", {"a", "a/", "x/a", "x/y/a/"});
  check_in("a", {"b", "ab", "ba", "a.txt", "A", "a/b"}); // what lies in a directory is never asked for
}

TEST_CASE("a slash at the end of a rule means directories only") {
  check_out("a/", {"a/", "x/a/"});
  check_in("a/", {"a", "x/a"});
  check_out("a/b/", {"a/b/"});
  check_in("a/b/", {"a/b", "x/a/b/"});
}

TEST_CASE("another slash in a rule means a path from the directory on") {
  check_out("/a", {"a", "a/"});
  check_in("/a", {"x/a"});
  check_out("a/b", {"a/b"});
  check_in("a/b", {"x/a/b", "b", "a", "a/x/b"});
  check_out("/a/*.c", {"a/x.c"});
  check_in("/a/*.c", {"a/b/x.c", "x.c"});
}

TEST_CASE("stars and question marks match no slash") {
  check_out("*.o", {"x.o", ".o", "a/b.o", "a.o.o"});
  check_in("*.o", {"x.oo", "x.c"});
  check_out("a*b*c", {"abc", "aXbYc", "abbcbc"});
  check_in("a*b*c", {"ab", "acb", "abcd"});
  check_out("?", {"a", "x/b"});
  check_in("?", {"ab", "\xc3\xa4"}); // bytes
  check_out("??", {"\xc3\xa4"});
  check_in("a/*", {"a/b/c"});
  check_in("a?b/c", {"a/b/c"});
  check_out("*", {"a", ".a", "a/b"});
  check_out("***", {"a"});
  check_out("x**y", {"xy", "xaby"});
}

TEST_CASE("two stars between slashes are any number of directories") {
  check_out("**/a", {"a", "x/a", "x/y/a"});
  check_out("**/a/b", {"a/b", "x/a/b"});
  check_in("**/a/b", {"b", "x/b"});
  check_out("a/**", {"a/b", "a/b/c"});
  check_in("a/**", {"a", "a/", "x/a/b"});
  check_out("a/**/b", {"a/b", "a/x/b", "a/x/y/b", "a/b/b"});
  check_in("a/**/b", {"ab", "a/xb", "b", "x/a/b"});
  check_out("a/**/b/**/c", {"a/b/c", "a/x/b/b/y/c"});
  check_in("a/**/b/**/c", {"a/c/b"});
  check_out("a/**b", {"a/b", "a/xb"});
  check_in("a/**b", {"a/x/b"}); // usual stars
  check_out("**/", {"a/", "a/b/"});
  check_in("**/", {"a"});
  check_out("**", {"a", "a/b"});
  check_out("/**/**/a", {"a", "x/a"});
  check_out("x/***/a", {"x/a", "x/y/z/a"});
}

TEST_CASE("the last rule that matches decides, and an exclamation mark takes back in") {
  const std::vector<std::string> rules{"*.log", "!keep.log", "/sub/keep.log"};
  CHECK(out(rules, "a.log"));
  CHECK_FALSE(out(rules, "keep.log"));
  CHECK_FALSE(out(rules, "x/keep.log"));
  CHECK(out(rules, "sub/keep.log"));
  CHECK_FALSE(out({"!a"}, "a"));
  CHECK_FALSE(out({"a", "!a/"}, "a/"));
  CHECK(out({"a", "!a/"}, "a"));
  CHECK(out({"*", "!*/"}, "x"));
}

TEST_CASE("a backslash takes the meaning of what follows") {
  check_out("\\#a", {"#a"});
  check_out("\\!a", {"!a"});
  check_out("a\\*", {"a*"});
  check_in("a\\*", {"ab"});
  check_out("\\a\\\\", {"a\\"});
  check_out("\\[a]", {"[a]"});
  check_out("a\\ ", {"a "});
}

TEST_CASE("comments, blank lines, blanks at the end and the ends of lines of other systems are no rules") {
  CHECK(ignore_rules({"", "# a", "#", "   ", "/", "!", "\n\n"}).empty());
  check_in("#a", {"#a", "a"});
  check_out("a  ", {"a"});
  check_in("a  ", {"a  "});
  check_out(" a", {" a"});
  check_out("a#b", {"a#b"});
  check_out("x\r\na\r\n\n#b\nc", {"x", "a", "c"});
  check_in("x\r\na\r\n\n#b\nc", {"b", "a\r"});
  check_out("\xef\xbb\xbf"
            "a\n",
            {"a"});
}

TEST_CASE("a bracket is one character of those in it") {
  check_out("[ab]", {"a", "x/b"});
  check_in("[ab]", {"c", "ab", "[ab]"});
  check_out("[a-c].txt", {"b.txt"});
  check_in("[a-c].txt", {"d.txt", "-.txt"});
  check_out("[!a-c]", {"d", "-"});
  check_in("[!a-c]", {"a", "b"});
  check_out("[^a]", {"b"});
  check_in("[^a]", {"a"});
  check_out("[]a]", {"]", "a"});
  check_out("[!]]", {"a"});
  check_out("[a-]", {"a", "-"});
  check_out("[\\]]", {"]"});
  check_out("[a\\-z]", {"-", "z"});
  check_in("[a\\-z]", {"b", "\\"});
  check_out("[[:digit:]_]x", {"7x", "_x"});
  check_in("[[:digit:]_]x", {"ax", ":x"});
  check_out("[![:space:]]", {"a"});
  check_out("[[:upper:][:lower:]]", {"A", "z"});
  check_out("[\xc3-\xc4]?", {"\xc3\xa4"});
}

TEST_CASE("a rule that can match nothing is refused by its name") {
  for (auto* rule : {"[a", "x[", "[]", "[!]", "[a/b]", "[[:digit:]", "[[:word:]]", "a\\", "a\\/b", "!x\\"}) {
    CAPTURE(rule);
    const auto why = failure_of([&] { ignore_rules({"fine", rule}); });
    CHECK(why.code() == errc::bad_request);
    CHECK(why.message().starts_with("ignore rule " + in_quotes(rule) + " matches nothing, as "));
  }
}

TEST_CASE("many stars take no more time than few") {
  std::string rule, path(20'000, 'a');
  for (int i = 0; i < 200; ++i) rule += "*a";
  CHECK_FALSE(out({rule + "b"}, path));
  std::string deep_rule, deep;
  for (int i = 0; i < 200; ++i) deep_rule += "**/a/";
  for (int i = 0; i < 5'000; ++i) deep += "a/";
  CHECK_FALSE(out({deep_rule + "b"}, deep + "c"));
}
