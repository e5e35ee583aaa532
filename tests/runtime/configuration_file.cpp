#include "runtime/configuration_file.hpp"

#include "tests/runtime/refusal.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include <unistd.h>

using namespace pillar;
using test::refusal;
using texts = std::vector<std::string>;

namespace {

std::string refused(std::string_view text) {
  return refusal([&] { parse_configuration(text, "p.conf"); });
}

} // namespace

TEST_CASE("a file's entries have their section's name and their line") {
  const auto entries = parse_configuration("# comment\n"
                                           "node.name = first   # said here\n"
                                           "\n"
                                           "  [ ipfs.kubo ]  # a section\r\n"
                                           "\trequest-timeout=30s\r\n"
                                           "url = http://127.0.0.1:5001/#fragment\n"
                                           "[plugins.Notary_1]\n"
                                           "mail.port = 25",
                                           "p.conf");
  REQUIRE(entries.size() == 4);
  CHECK(entries[0].name == "node.name");
  CHECK(entries[0].value.text() == "first");
  CHECK(entries[0].line == 2);
  CHECK(entries[1].name == "ipfs.kubo.request-timeout");
  CHECK(entries[1].value.text() == "30s");
  CHECK(entries[1].line == 5);
  CHECK(entries[2].value.text() == "http://127.0.0.1:5001/#fragment");
  CHECK(entries[3].name == "plugins.Notary_1.mail.port");
  CHECK(entries[3].line == 8);
}

TEST_CASE("an empty file, a file of comments and one with a byte order mark are fine") {
  CHECK(parse_configuration("", "p.conf").empty());
  CHECK(parse_configuration("\n \t\n# only this", "p.conf").empty());
  CHECK(parse_configuration("\xef\xbb\xbf[x]\n", "p.conf").empty());
}

TEST_CASE("a value in quotes may hold anything, with escapes") {
  const std::pair<std::string, std::string> cases[] = {
      {R"("")", ""},
      {R"("a # b = [c], \"d\" \\")", R"(a # b = [c], "d" \)"},
      {R"("\n\r\t")", "\n\r\t"},
      {R"("\u00e9\u20AC\U0001F600")", "\u00e9\u20ac\U0001F600"},
      {"\"  blanks\tkept  \"  # and a comment", "  blanks\tkept  "},
      {"\"\xc3\xa9\"", "\xc3\xa9"},
  };
  for (const auto& [written, meant] : cases) {
    CAPTURE(written);
    const auto entries = parse_configuration("x.y = " + written + "\n", "p.conf");
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].value == written_value::quoted(meant));
  }
}

TEST_CASE("a bare value goes to the end of the line or to a comment") {
  const std::pair<std::string, std::string> cases[] = {
      {"word", "word"}, {"two words  ", "two words"}, {"a#b", "a#b"}, {"a #b", "a"}, {"a\"b", "a\"b"}, {"a=b", "a=b"},
      {"a, b", "a, b"},
  };
  for (const auto& [written, meant] : cases) {
    CAPTURE(written);
    CHECK(parse_configuration("x.y = " + written, "p.conf").at(0).value == written_value(meant));
  }
}

TEST_CASE("a list has items in quotes or bare, on one or several lines") {
  const std::pair<std::string, texts> cases[] = {
      {"[]", {}},
      {"[ ]", {}},
      {R"(["a", "b"])", {"a", "b"}},
      {"[a, b c ,\"d,e\"]", {"a", "b c", "d,e"}},
      {"[\"\"]", {""}},
      {"[\n  \"a\", # the first\n\n  b\n  ,\n]  # the end", {"a", "b"}},
      {"[a,\r\n b]", {"a", "b"}},
  };
  for (const auto& [written, meant] : cases) {
    CAPTURE(written);
    const auto entries = parse_configuration("x.y = " + written + "\nx.z = 1\n", "p.conf");
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].value == written_value(meant));
    CHECK(entries[0].line == 1);
  }
}

TEST_CASE("a malformed file is refused with file, line and what to write") {
  const std::pair<std::string, std::string> cases[] = {
      {"\nnonsense\n", "2: this is neither key = value nor [section] nor a # comment"},
      {"= 1", "1: this is neither key = value nor [section] nor a # comment"},
      {"a..b = 1", "1: this is neither key = value nor [section] nor a # comment"},
      {".a = 1", "1: this is neither key = value nor [section] nor a # comment"},
      {"\xc3\xa9 = 1", "1: this is neither key = value nor [section] nor a # comment"},
      {"x.y =", "1: x.y has no value: write \"\" for an empty text"},
      {"[x]\ny = # nothing\n", "2: x.y has no value: write \"\" for an empty text"},
      {"x.y = 'a'", "1: x.y has a value in single quotes: write \"...\""},
      {"x.y = \"a", "1: a text in quotes has no end: write a \" on the same line"},
      {"x.y = \"a\nb\"", "1: a text in quotes has no end: write a \" on the same line"},
      {"x.y = \"a\\", "1: an unknown escape: write one of \\\" \\\\ \\n \\r \\t \\uXXXX \\UXXXXXXXX"},
      {"x.y = \"\\q\"", "1: an unknown escape: write one of \\\" \\\\ \\n \\r \\t \\uXXXX \\UXXXXXXXX"},
      {"x.y = \"\\u12\"", "1: an escape needs 4 (\\u) or 8 (\\U) hexadecimal digits"},
      {"x.y = \"\\ud800\"", "1: an escape stands for no character that a text may hold"},
      {"x.y = \"\\U00110000\"", "1: an escape stands for no character that a text may hold"},
      {"x.y = \"\\u0000\"", "1: an escape stands for no character that a text may hold"},
      {"x.y = \"\x01\"", "1: a control character in a text: write it as \\uXXXX"},
      {"x.y = a\x01", "1: a control character in a value: write it in quotes, as \\uXXXX"},
      {"x.y = a\rb", "1: a control character in a value: write it in quotes, as \\uXXXX"},
      {"x.y = \"a\" b", "1: something follows where the line should end: write one value a line"},
      {"x.y = [a] b", "1: something follows where the line should end: write one value a line"},
      {"[x] y = 1", "1: something follows where the line should end: write one value a line"},
      {"\n\nx.y = [a,\n  b\n\n", "3: a list has no end: write a ]"},
      {"x.y = [a,\n \"b\" c]", "2: a comma is missing between two items"},
      {"x.y = [a\n b]", "2: a comma is missing between two items"},
      {"x.y = [a,,b]", "1: an item is missing: write \"\" for an empty text"},
      {"x.y = [[a]]", "1: a list in a list: an item is a text"},
      {"\n[x", "2: this section has no proper name: write [name] or [name.name] with letters, digits, - and _"},
      {"[]", "1: this section has no proper name: write [name] or [name.name] with letters, digits, - and _"},
      {"[x.]", "1: this section has no proper name: write [name] or [name.name] with letters, digits, - and _"},
      {"[x y]", "1: this section has no proper name: write [name] or [name.name] with letters, digits, - and _"},
      {"[x]\ny = 1\n[z]\n[x]\ny = [1,\n2]\n", "5: x.y is set again, first on line 2: remove one of them"},
      {"x.y = 1\nx.z = \xff\n", "2: this is not UTF-8 text: save the file as UTF-8"},
      {std::string("x.y = \0", 7), "1: this is not UTF-8 text: save the file as UTF-8"},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    CHECK(refused(text) == "bad_request: p.conf:" + message);
  }
}

TEST_CASE("a file that cannot be read says why") {
  test::temporary_directory directory;
  const auto reading = [](const std::filesystem::path& file) { return refusal([&] { read_configuration(file); }); };
  const auto missing = directory / "none.conf";
  CHECK(reading(missing)
        == "not_found: cannot read the configuration file " + missing.string() + ": No such file or directory");
  CHECK(reading(directory.path())
        == "io_error: cannot read the configuration file " + directory.path().string() + ": Is a directory");
  const auto huge = directory / "huge.conf";
  std::ofstream(huge) << std::string((1 << 20) + 1, '#');
  CHECK(reading(huge)
        == "too_large: cannot read the configuration file " + huge.string() + ": it is longer than 1 MiB");
  const auto closed = directory / "closed.conf";
  std::ofstream(closed) << "x.y = 1\n";
  std::filesystem::permissions(closed, std::filesystem::perms::none);
  if (::geteuid() != 0) // root may read everything
    CHECK(reading(closed)
          == "read_only: cannot read the configuration file " + closed.string() + ": Permission denied");
}

TEST_CASE("any prefix of a good file is parsed or refused, never read past its end") {
  const std::string text = "[a.b]\nc = \"\\u20ac\" # x\nd = [1, \"2\",\n 3]\ne = f g\n";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const std::string prefix(text, 0, length);
    const auto answer = refused(prefix);
    CAPTURE(prefix);
    CHECK((answer == "nothing" || answer.starts_with("bad_request: p.conf:")));
  }
}
