#include "tools/notary/entry_key.hpp"

#include "actors/db/rules.hpp"

#include <doctest/doctest.h>

#include <set>

using ledger::entry_key;
using ledger::file_part;

TEST_CASE("an ordinary name is readable in its key") {
  CHECK(entry_key("src/main file.cpp", 1) == "files/src/main file.cpp@00000001");
  CHECK(entry_key("\xc3\xa4\xe6\x97\xa5", 42) == "files/\xc3\xa4\xe6\x97\xa5@00000042");
}

TEST_CASE("what a key may not hold is escaped") {
  CHECK(entry_key("a\nb", 1) == "files/a%0Ab@00000001");
  CHECK(entry_key("a%b@c~d", 1) == "files/a%25b%40c%7Ed@00000001");
  CHECK(entry_key("\xff", 1) == "files/%FF@00000001");
  CHECK(entry_key("\xc2\x85", 1) == "files/%C2%85@00000001"); // a control character, NEL
  CHECK(entry_key("\xc3", 1) == "files/%C3@00000001");
}

TEST_CASE("every name gives a valid key, and no two names the same") {
  std::set<std::string> names{"a", "a%0A", "a\n", "~", "@", "a@00000001", std::string(255, '\n')};
  for (std::size_t size : {480u, 496u, 497u, 498u, 511u, 512u, 513u, 4000u})
    for (std::string of : {"x", "\xc3\xa4", "\xff", "d/"}) {
      std::string name;
      while (name.size() < size) name += of;
      names.insert(name + "1");
      names.insert(name + "2");
    }
  std::set<std::string> keys;
  for (auto& name : names) {
    auto key = entry_key(name, 99'999'999);
    CAPTURE(key);
    CHECK(!pillar::db::refusal("ledger", pillar::db::get{key}));
    CHECK(keys.insert(key).second);
  }
}

TEST_CASE("the versions of a file stand together and in order") {
  CHECK(entry_key("a", 9) < entry_key("a", 10));
  CHECK(file_part(entry_key("a", 9)) == file_part(entry_key("a", 10)));
  CHECK(file_part(entry_key("a", 1)) != file_part(entry_key("a@00000001", 1)));
  CHECK(file_part(entry_key("a", 1)) != file_part(entry_key("ab", 1)));
}
