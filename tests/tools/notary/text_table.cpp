#include "tools/notary/text_table.hpp"

#include <doctest/doctest.h>

#include <clocale>

using namespace demo;

TEST_CASE("sizes are short") {
  CHECK(size_text(0) == "0 B");
  CHECK(size_text(1023) == "1023 B");
  CHECK(size_text(1024) == "1.0 KiB");
  CHECK(size_text(1'048'575) == "1.0 MiB");
  CHECK(size_text(5'000'000'000) == "4.7 GiB");
  CHECK(size_text(~std::uint64_t{0}) == "16.0 EiB");
}

TEST_CASE("times are UTC") {
  CHECK(time_text(std::chrono::seconds(0)) == "1970-01-01 00:00:00");
  CHECK(time_text(std::chrono::seconds(1'750'000'000)) == "2025-06-15 15:06:40");
}

TEST_CASE("a text is shortened in its middle, never within a character") {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  CHECK(shortened("tools/demo", 10) == "tools/demo");
  CHECK(shortened("tools/demonstration", 10) == "tool...ion");
  CHECK(shortened("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc", 5) == "\xc3\xa4...\xc3\xbc");
  CHECK(columns_of("\xe6\x97\xa5\xe6\x9c\xac") == 4);
  CHECK(columns_of(shortened("\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac", 6)) <= 6);
}

TEST_CASE("a table has the width of its content, and no more than there is") {
  std::vector<column> columns{{"NAME", 8}, {"SIZE", 0, true}, {"TIME"}};
  std::vector<std::vector<std::string>> rows{{"a", "5 B", "now"}, {"a longer name", "12 B", "later"}};
  CHECK(table(columns, rows, 80, 2)
        == "  NAME           SIZE  TIME\n"
           "  a               5 B  now\n"
           "  a longer name  12 B  later\n");
  CHECK(table(columns, rows, 25, 2)
        == "  NAME        SIZE  TIME\n"
           "  a            5 B  now\n"
           "  a lo...ame  12 B  later\n");
}
