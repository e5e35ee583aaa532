/// The contract of document_store, over every store.
#include "actors/db/memory_store.hpp"
#include "actors/db/sqlite_store.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace pillar;
using namespace pillar::test::literals;

namespace {

void with_every_store(const std::function<void(db::document_store&)>& test) {
  SUBCASE("in memory") {
    db::memory_store store;
    test(store);
  }
  SUBCASE("in SQLite") {
    test::temporary_directory directory;
    test(*db::sqlite_store::open(directory / "documents.db"));
  }
}

template <class T> errc code_of(const result<T>& outcome) {
  REQUIRE(!outcome.has_value());
  return outcome.error().code();
}

template <class T> const std::string& message_of(const result<T>& outcome) {
  REQUIRE(!outcome.has_value());
  return outcome.error().message();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

db::revision put(db::document_store& store, std::string key, bytes value = "value"_bytes) {
  auto written = store.put("someone", {.key = std::move(key), .value = std::move(value), .if_revision = {}});
  REQUIRE(store.commit());
  return written.value();
}

std::vector<std::string> keys_of(const db::page& page) {
  std::vector<std::string> keys;
  for (auto& entry : page.entries) keys.push_back(entry.key);
  return keys;
}

std::vector<std::string> listed(db::document_store& store, db::list request) {
  return keys_of(store.list("someone", request).value());
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("a document is read as it was written, whatever its bytes") {
  with_every_store([](db::document_store& store) {
    bytes every_byte;
    for (int i = 0; i < 256; ++i) every_byte.push_back(std::byte(i));
    auto revision = put(store, "notes/every byte", every_byte);
    CHECK(store.get("someone", {"notes/every byte"}).value() == db::document{every_byte, revision});
  });
}

TEST_CASE("an empty value is a value") {
  with_every_store([](db::document_store& store) {
    auto revision = put(store, "empty", {});
    CHECK(store.get("someone", {"empty"}).value() == db::document{{}, revision});
  });
}

TEST_CASE("a value may have 1 MiB and not a byte more") {
  with_every_store([](db::document_store& store) {
    put(store, "large", bytes(db::largest_value, std::byte(7)));
    CHECK(store.get("someone", {"large"}).value().value.size() == db::largest_value);
    auto refused = store.put("someone", {"larger", bytes(db::largest_value + 1), {}});
    CHECK(code_of(refused) == errc::too_large);
    CHECK(message_of(refused)
          == "the value of \"larger\" has 1048577 bytes: at most 1048576 are possible; keep large content in IPFS and "
             "its CID here");
  });
}

TEST_CASE("writing again replaces the value and gives a greater revision") {
  with_every_store([](db::document_store& store) {
    auto first = put(store, "a", "1"_bytes);
    auto second = put(store, "a", "2"_bytes);
    CHECK(first > 0);
    CHECK(second > first);
    CHECK(store.get("someone", {"a"}).value() == db::document{"2"_bytes, second});
  });
}

TEST_CASE("revisions grow over all documents, spaces and removals") {
  with_every_store([](db::document_store& store) {
    auto first = store.put("someone", {"a", {}, {}}).value();
    auto second = store.put("another", {"b", {}, {}}).value();
    auto third = store.remove("someone", {"a", {}}).value();
    auto fourth = store.put("someone", {"a", {}, {}}).value();
    REQUIRE(store.commit());
    CHECK(first < second);
    CHECK(second < third);
    CHECK(third < fourth);
  });
}

TEST_CASE("an absent document is not found, by a message that names it and the space") {
  with_every_store([](db::document_store& store) {
    auto absent = store.get("someone", {"a"});
    CHECK(code_of(absent) == errc::not_found);
    CHECK(message_of(absent) == "no document \"a\" in the space of \"someone\"");
    CHECK(code_of(store.remove("someone", {"a", {}})) == errc::not_found);
  });
}

TEST_CASE("a removed document is gone") {
  with_every_store([](db::document_store& store) {
    put(store, "a");
    CHECK(store.remove("someone", {"a", {}}));
    REQUIRE(store.commit());
    CHECK(code_of(store.get("someone", {"a"})) == errc::not_found);
    CHECK(code_of(store.remove("someone", {"a", {}})) == errc::not_found);
    CHECK(listed(store, {}).empty());
  });
}

TEST_CASE("spaces do not see each other, not even when their names continue each other") {
  with_every_store([](db::document_store& store) {
    for (std::string space : {"some", "someone", "someone/else"})
      REQUIRE(store.put(space, {"a", test::to_bytes(space), {}}));
    REQUIRE(store.commit());
    CHECK(store.get("some", {"a"}).value().value == "some"_bytes);
    CHECK(store.get("someone", {"a"}).value().value == "someone"_bytes);
    CHECK(keys_of(store.list("some", {}).value()) == names{"a"});
    REQUIRE(store.remove("someone", {"a", {}}));
    CHECK(store.get("someone/else", {"a"}));
    CHECK(code_of(store.get("nobody", {"a"})) == errc::not_found);
  });
}

TEST_CASE("a conditional write needs the current revision") {
  with_every_store([](db::document_store& store) {
    auto first = put(store, "a", "1"_bytes);
    auto second = store.put("someone", {"a", "2"_bytes, first});
    REQUIRE(second);
    auto stale = store.put("someone", {"a", "3"_bytes, first});
    CHECK(code_of(stale) == errc::conflict);
    CHECK(message_of(stale)
          == "document \"a\" has revision " + std::to_string(*second) + ", not " + std::to_string(first)
                 + ": read it again");
    CHECK(store.get("someone", {"a"}).value().value == "2"_bytes);
  });
}

TEST_CASE("revision 0 as a condition means that there must be no document") {
  with_every_store([](db::document_store& store) {
    auto made = store.put("someone", {"a", "1"_bytes, 0});
    REQUIRE(made);
    auto again = store.put("someone", {"a", "2"_bytes, 0});
    CHECK(code_of(again) == errc::conflict);
    CHECK(message_of(again)
          == "document \"a\" has revision " + std::to_string(*made)
                 + ", but was to be new: read it, or use another key");
  });
}

TEST_CASE("a condition on a document that is gone is a conflict for put and not found for remove") {
  with_every_store([](db::document_store& store) {
    auto missing = store.put("someone", {"a", "1"_bytes, 7});
    CHECK(code_of(missing) == errc::conflict);
    CHECK(message_of(missing) == "there is no document \"a\" (revision 0), and not one of revision 7: read it again");
    CHECK(code_of(store.remove("someone", {"a", 7})) == errc::not_found);
  });
}

TEST_CASE("a conditional removal needs the current revision") {
  with_every_store([](db::document_store& store) {
    auto first = put(store, "a");
    CHECK(code_of(store.remove("someone", {"a", first + 1})) == errc::conflict);
    CHECK(store.get("someone", {"a"}));
    CHECK(store.remove("someone", {"a", first}).value() > first);
  });
}

TEST_CASE("a write that fails takes no other of its batch with it") {
  with_every_store([](db::document_store& store) {
    auto before = store.put("someone", {"before", "1"_bytes, {}});
    CHECK(!store.put("someone", {"before", "2"_bytes, 0}));
    CHECK(!store.put("someone", {"a//b", "2"_bytes, {}}));
    CHECK(!store.remove("someone", {"absent", {}}));
    auto after = store.put("someone", {"after", "3"_bytes, {}});
    REQUIRE(store.commit());
    CHECK(store.get("someone", {"before"}).value() == db::document{"1"_bytes, before.value()});
    CHECK(store.get("someone", {"after"}).value() == db::document{"3"_bytes, after.value()});
    CHECK(listed(store, {}) == names{"after", "before"});
  });
}

TEST_CASE("reads see the open batch") {
  with_every_store([](db::document_store& store) {
    REQUIRE(store.put("someone", {"a", "1"_bytes, {}}));
    CHECK(store.get("someone", {"a"}).value().value == "1"_bytes);
    CHECK(listed(store, {}) == names{"a"});
  });
}

TEST_CASE("a commit without writes succeeds") {
  with_every_store([](db::document_store& store) {
    CHECK(store.commit());
    CHECK(!store.put("someone", {"", {}, {}}));
    CHECK(store.commit());
    CHECK(!store.remove("someone", {"absent", {}}));
    CHECK(store.commit());
    CHECK(store.broken() == nullptr);
  });
}

TEST_CASE("a key is refused with a message that shows it and says what to do") {
  struct example {
    std::string key, message;
  };
  const std::vector<example> refused{
      {"", "the key is empty: name the document"},
      {"a/../b", "key \"a/../b\" contains \"..\": use a plain name"},
      {"..", "key \"..\" contains \"..\": use a plain name"},
      {"a/.", "key \"a/.\" contains \".\": use a plain name"},
      {"/a", "key \"/a\" has an empty part: write single slashes, and none at either end"},
      {"a/", "key \"a/\" has an empty part: write single slashes, and none at either end"},
      {"a//b", "key \"a//b\" has an empty part: write single slashes, and none at either end"},
      {"/", "key \"/\" has an empty part: write single slashes, and none at either end"},
      {"a\nb", "key \"a\\x0ab\" contains a control character: leave it out"},
      {std::string("a\0b", 3), "key \"a\\x00b\" contains a control character: leave it out"},
      {"\x7f", "key \"\\x7f\" contains a control character: leave it out"},
      {"\xc2\x85", "key \"\\xc2\\x85\" contains a control character: leave it out"},
      {"a\xff", "key \"a\\xff\" is not UTF-8: encode or rename it"},
      {"\xc0\xaf", "key \"\\xc0\\xaf\" is not UTF-8: encode or rename it"},
      {"\xed\xa0\x80", "key \"\\xed\\xa0\\x80\" is not UTF-8: encode or rename it"},
      {"\xf4\x90\x80\x80", "key \"\\xf4\\x90\\x80\\x80\" is not UTF-8: encode or rename it"},
      {"\xe2\x82", "key \"\\xe2\\x82\" is not UTF-8: encode or rename it"},
      {std::string(513, 'k'), "key \"" + std::string(80, 'k') + "...\" has 513 bytes: at most 512 are possible"},
  };
  with_every_store([&](db::document_store& store) {
    for (auto& [key, message] : refused) {
      CAPTURE(message);
      CHECK(store.get("someone", {key}).error() == failure(errc::bad_request, message));
      CHECK(store.put("someone", {key, {}, {}}).error() == failure(errc::bad_request, message));
      CHECK(store.remove("someone", {key, {}}).error() == failure(errc::bad_request, message));
    }
  });
}

TEST_CASE("keys may have any other character, up to 512 bytes") {
  const names accepted{"a",          "...",           ".hidden",       "a/b/c",
                       "with space", "grüße/日本/🙂", "a\"b'c\\d;%_*", std::string(512, 'k')};
  with_every_store([&](db::document_store& store) {
    for (auto& key : accepted) {
      CAPTURE(key);
      auto revision = put(store, key, test::to_bytes(key));
      CHECK(store.get("someone", {key}).value() == db::document{test::to_bytes(key), revision});
    }
    CHECK(listed(store, {}).size() == accepted.size());
  });
}

TEST_CASE("the name of the asking actor is checked too") {
  with_every_store([](db::document_store& store) {
    CHECK(code_of(store.get("", {"a"})) == errc::bad_request);
    CHECK(code_of(store.put("some\none", {"a", {}, {}})) == errc::bad_request);
    CHECK(code_of(store.remove("\xff", {"a", {}})) == errc::bad_request);
    CHECK(contains(message_of(store.list(std::string(256, 's'), {})), "has 256 bytes: at most 255"));
  });
}

TEST_CASE("a listing has the keys with a prefix in bytewise order") {
  with_every_store([](db::document_store& store) {
    for (auto key : {"b", "a/2", "a/10", "a", "a/1", "aa", "ä", "Z", "a-"}) put(store, key);
    CHECK(listed(store, {}) == names{"Z", "a", "a-", "a/1", "a/10", "a/2", "aa", "b", "ä"});
    CHECK(listed(store, {.prefix = "a/", .after = {}}) == names{"a/1", "a/10", "a/2"});
    CHECK(listed(store, {.prefix = "a", .after = {}}) == names{"a", "a-", "a/1", "a/10", "a/2", "aa"});
    CHECK(listed(store, {.prefix = "ä", .after = {}}) == names{"ä"});
    CHECK(listed(store, {.prefix = "c", .after = {}}).empty());
  });
}

TEST_CASE("a listing goes on after a key, whether or not that key is there") {
  with_every_store([](db::document_store& store) {
    for (auto key : {"a", "b", "b/1", "c"}) put(store, key);
    CHECK(listed(store, {.prefix = {}, .after = "b"}) == names{"b/1", "c"});
    CHECK(listed(store, {.prefix = {}, .after = "b/0"}) == names{"b/1", "c"});
    CHECK(listed(store, {.prefix = "b", .after = "a"}) == names{"b", "b/1"});
    CHECK(listed(store, {.prefix = "b", .after = "b"}) == names{"b/1"});
    CHECK(listed(store, {.prefix = "b", .after = "x"}).empty());
  });
}

TEST_CASE("pages follow each other without a gap, and the last one says so") {
  with_every_store([](db::document_store& store) {
    names written;
    for (int i = 0; i < 25; ++i) {
      written.push_back("n/" + std::to_string(100 + i));
      put(store, written.back());
    }
    put(store, "o");
    names seen;
    db::list request{.prefix = "n/", .after = {}, .limit = 10};
    std::vector<std::size_t> sizes;
    for (;;) {
      auto page = store.list("someone", request).value();
      sizes.push_back(page.entries.size());
      for (auto& entry : page.entries) seen.push_back(entry.key);
      if (!page.next) break;
      request.after = *page.next;
    }
    CHECK(seen == written);
    CHECK(sizes == std::vector<std::size_t>{10, 10, 5});
    // exactly one page's worth is one page
    CHECK(!store.list("someone", {.prefix = "n/", .after = {}, .limit = 25}).value().next);
  });
}

TEST_CASE("entries tell revision and size, and values only when asked for") {
  with_every_store([](db::document_store& store) {
    auto revision = put(store, "a", "12345"_bytes);
    CHECK(store.list("someone", {}).value().entries == std::vector<db::entry>{{"a", revision, 5, {}}});
    db::list with_values{.prefix = {}, .after = {}, .limit = 100, .with_values = true};
    CHECK(store.list("someone", with_values).value().entries
          == std::vector<db::entry>{{"a", revision, 5, "12345"_bytes}});
  });
}

TEST_CASE("a page carries at most 1 MiB of values, but at least one entry") {
  with_every_store([](db::document_store& store) {
    put(store, "a", bytes(db::largest_value));
    put(store, "b", bytes(db::largest_value / 2));
    put(store, "c", bytes(db::largest_value / 2));
    put(store, "d", bytes(1));
    db::list request{.prefix = {}, .after = {}, .limit = 100, .with_values = true};
    std::vector<names> pages;
    for (;;) {
      auto page = store.list("someone", request).value();
      pages.push_back(keys_of(page));
      if (!page.next) break;
      request.after = *page.next;
    }
    CHECK(pages == std::vector<names>{{"a"}, {"b", "c"}, {"d"}});
    CHECK(listed(store, {}) == names{"a", "b", "c", "d"});
  });
}

TEST_CASE("a page has 1 to 1000 entries: another limit is refused") {
  with_every_store([](db::document_store& store) {
    for (std::uint32_t limit : {0u, 1001u, 4'294'967'295u}) {
      auto refused = store.list("someone", {.prefix = {}, .after = {}, .limit = limit});
      CHECK(code_of(refused) == errc::bad_request);
      CHECK(message_of(refused)
            == "limit " + std::to_string(limit) + " is not possible: ask for 1 to 1000 entries a page");
    }
  });
}

TEST_CASE("a prefix that no key can have is refused") {
  with_every_store([](db::document_store& store) {
    CHECK(code_of(store.list("someone", {.prefix = "\n", .after = {}})) == errc::bad_request);
    CHECK(code_of(store.list("someone", {.prefix = {}, .after = "\xff"})) == errc::bad_request);
    CHECK(code_of(store.list("someone", {.prefix = std::string(513, 'k'), .after = {}})) == errc::bad_request);
  });
}
