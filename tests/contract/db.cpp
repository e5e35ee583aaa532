/// What interfaces/db.hpp promises, over every backend.
#include "interfaces/db.hpp"
#include "tests/contract/contract_node.hpp"

#include <sqlite3.h>

using namespace pillar;
using namespace pillar::test;
using namespace pillar::test::literals;
using db::get;
using db::list;
using db::put;

namespace {

std::vector<std::string> keys_of(const db::page& page) {
  std::vector<std::string> keys;
  for (auto& e : page.entries) keys.push_back(e.key);
  return keys;
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("a document is read as it was written, with its revision") {
  with_every_backend([](contract_node& node) {
    bytes every_byte;
    for (int i = 0; i < 256; ++i) every_byte.push_back(std::byte(i));
    auto revision = node.ask(put{"notes/every byte", every_byte});
    CHECK(revision > 0);
    CHECK(node.ask(get{"notes/every byte"}) == db::document{every_byte, revision});
    auto empty = node.ask(put{"empty", {}});
    CHECK(node.ask(get{"empty"}) == db::document{{}, empty});
  });
}

TEST_CASE("revisions grow with each write of anybody") {
  with_every_backend([](contract_node& node) {
    auto first = node.ask(put{"a", "1"_bytes});
    auto second = node.ask(put{"b", "2"_bytes}, "another");
    auto third = node.ask(put{"a", "3"_bytes});
    auto fourth = node.ask(db::remove{"a"});
    auto fifth = node.ask(put{"a", "5"_bytes});
    CHECK(first < second);
    CHECK(second < third);
    CHECK(third < fourth);
    CHECK(fourth < fifth);
    CHECK(node.ask(get{"a"}) == db::document{"5"_bytes, fifth});
  });
}

TEST_CASE("an absent document is not found, to read or to remove") {
  with_every_backend([](contract_node& node) {
    CHECK(node.error_of(get{"a"}) == "not_found");
    CHECK(node.error_of(db::remove{"a"}) == "not_found");
    node.ask(put{"a", "1"_bytes});
    node.ask(db::remove{"a"});
    CHECK(node.error_of(get{"a"}) == "not_found");
    CHECK(node.error_of(db::remove{"a"}) == "not_found");
    CHECK(node.failure_of(get{"a"})->message().find("\"a\"") != std::string::npos);
  });
}

TEST_CASE("everybody who asks has documents of their own") {
  with_every_backend([](contract_node& node) {
    for (auto name : {"one", "two", "one/more"}) node.ask(put{"key", to_bytes(name)}, name);
    for (std::string name : {"one", "two", "one/more"}) {
      CHECK(to_text(node.ask(get{"key"}, name).value) == name);
      CHECK(keys_of(node.ask(list{}, name)) == names{"key"});
    }
    node.ask(db::remove{"key"}, "one");
    CHECK(node.error_of(get{"key"}, "one") == "not_found");
    CHECK(node.error_of(get{"key"}, "two") == "none");
    CHECK(node.error_of(db::remove{"key"}, "nobody") == "not_found");
  });
}

TEST_CASE("a write may depend on the document's revision") {
  with_every_backend([](contract_node& node) {
    auto first = node.ask(put{.key = "a", .value = "1"_bytes, .if_revision = 0}); // there must be none
    auto again = node.failure_of(put{.key = "a", .value = "2"_bytes, .if_revision = 0});
    REQUIRE(again);
    CHECK(again->code() == errc::conflict);
    CHECK(again->message().find(std::to_string(first)) != std::string::npos);
    auto second = node.ask(put{.key = "a", .value = "2"_bytes, .if_revision = first});
    CHECK(node.error_of(put{.key = "a", .value = "3"_bytes, .if_revision = first}) == "conflict");
    CHECK(node.error_of(db::remove{.key = "a", .if_revision = first}) == "conflict");
    CHECK(node.ask(get{"a"}) == db::document{"2"_bytes, second});
    CHECK(node.error_of(put{.key = "b", .value = {}, .if_revision = second}) == "conflict");
    node.ask(db::remove{.key = "a", .if_revision = second});
    CHECK(node.error_of(get{"a"}) == "not_found");
  });
}

TEST_CASE("a key that is none is refused, whatever is asked") {
  with_every_backend([](contract_node& node) {
    names bad{"",
              "/",
              "/a",
              "a/",
              "a//b",
              ".",
              "..",
              "a/../b",
              "./a",
              "\n",
              "a\tb",
              "\x7f",
              "\xff",
              "\xc3",
              std::string("a\0b", 3),
              std::string(513, 'k')};
    for (auto& key : bad) {
      CAPTURE(key);
      CHECK(node.error_of(put{key, {}}) == "bad_request");
      CHECK(node.error_of(get{key}) == "bad_request");
      CHECK(node.error_of(db::remove{key}) == "bad_request");
    }
    for (std::string key : {std::string(512, 'k'), std::string("a b/...c/\xc3\xa4")}) {
      CHECK(node.error_of(put{key, {}}) == "none");
      CHECK(node.error_of(get{key}) == "none");
    }
    CHECK(node.ask(list{}).entries.size() == 2);
  });
}

TEST_CASE("a value may have 1 MiB and no more") {
  with_every_backend([](contract_node& node) {
    bytes most(db::largest_value, std::byte{7});
    node.ask(put{"most", most});
    CHECK((node.ask(get{"most"}).value == most));
    most.push_back({});
    CHECK(node.error_of(put{"most", most}) == "too_large");
    CHECK(node.ask(get{"most"}).value.size() == db::largest_value);
  });
}

TEST_CASE("documents are listed in the order of their keys' bytes") {
  with_every_backend([](contract_node& node) {
    for (auto key : {"b", "a/2", "a", "a/10", "a!", "\xc3\xa4", "B"}) node.ask(put{key, to_bytes(key)});
    CHECK(keys_of(node.ask(list{})) == names{"B", "a", "a!", "a/10", "a/2", "b", "\xc3\xa4"});
    CHECK(keys_of(node.ask(list{.prefix = "a"})) == names{"a", "a!", "a/10", "a/2"});
    CHECK(keys_of(node.ask(list{.prefix = "a/"})) == names{"a/10", "a/2"});
    CHECK(keys_of(node.ask(list{.prefix = "a", .after = "a!"})) == names{"a/10", "a/2"});
    CHECK(keys_of(node.ask(list{.after = "b"})) == names{"\xc3\xa4"});
    CHECK(node.ask(list{.prefix = "none"}) == db::page{});
  });
}

TEST_CASE("an entry has revision and size, and its value when asked for") {
  with_every_backend([](contract_node& node) {
    auto revision = node.ask(put{"a", "value"_bytes});
    CHECK(node.ask(list{}).entries == std::vector{db::entry{"a", revision, 5, {}}});
    CHECK(node.ask(list{.with_values = true}).entries == std::vector{db::entry{"a", revision, 5, "value"_bytes}});
  });
}

TEST_CASE("a long listing comes page by page, and loses nothing") {
  with_every_backend([](contract_node& node) {
    names all;
    for (int i = 100; i < 130; ++i) {
      all.push_back("key" + std::to_string(i));
      node.ask(put{all.back(), {}});
    }
    for (std::uint32_t limit : {1u, 7u, 29u, 30u, 31u, 1000u}) {
      CAPTURE(limit);
      names seen;
      list request{.limit = limit};
      while (true) {
        auto page = node.ask(request);
        CHECK(page.entries.size() <= limit);
        for (auto& key : keys_of(page)) seen.push_back(key);
        if (!page.next) break;
        request.after = *page.next;
      }
      CHECK(seen == all);
    }
    CHECK(node.error_of(list{.limit = 0}) == "bad_request");
    CHECK(node.error_of(list{.limit = 1001}) == "bad_request");
    CHECK(node.error_of(list{.prefix = std::string(513, 'k')}) == "bad_request");
    CHECK(node.error_of(list{.prefix = "\xff"}) == "bad_request");
  });
}

TEST_CASE("a page holds at most 1 MiB of values, but one entry at least") {
  with_every_backend([](contract_node& node) {
    bytes large(400'000, std::byte{1});
    for (auto key : {"a", "b", "c"}) node.ask(put{key, large});
    node.ask(put{"d", bytes(db::largest_value)});
    auto first = node.ask(list{.with_values = true});
    CHECK(keys_of(first) == names{"a", "b"});
    auto second = node.ask(list{.after = first.next.value_or(""), .with_values = true});
    CHECK(keys_of(second) == names{"c"});
    auto third = node.ask(list{.after = second.next.value_or(""), .with_values = true});
    CHECK(keys_of(third) == names{"d"});
    CHECK(!third.next);
    CHECK(node.ask(list{}).entries.size() == 4); // without values they cost nothing
  });
}

TEST_CASE("what was written on a disk outlasts the node, and revisions go on from there") {
  contract_node node(backend::disk);
  auto first = node.ask(put{"a", "1"_bytes});
  auto gone = node.ask(put{"b", "2"_bytes});
  auto removal = node.ask(db::remove{"b"});
  CHECK(gone < removal);
  node.restart();
  CHECK(node.ask(get{"a"}) == db::document{"1"_bytes, first});
  CHECK(node.error_of(get{"b"}) == "not_found");
  CHECK(node.ask(put{"b", "3"_bytes}) > removal);
}

TEST_CASE("a write is on the disk before it is acknowledged") {
  contract_node node(backend::disk);
  node.ask(put{"a", "1"_bytes});
  auto syncs = node.disk.syncs();
  node.ask(put{"b", "2"_bytes});
  CHECK(node.disk.syncs() > syncs);
}

TEST_CASE("a full disk refuses writes, keeps what was acknowledged, and may be freed") {
  contract_node node(backend::disk);
  auto first = node.ask(put{"a", "1"_bytes});
  node.disk.fail_writes(1, SQLITE_FULL);
  CHECK(node.error_of(put{"a", "2"_bytes}) == "storage_full");
  CHECK(node.error_of(put{"b", "2"_bytes}) == "storage_full");
  CHECK(node.error_of(db::remove{"a"}) == "storage_full");
  CHECK(node.ask(get{"a"}) == db::document{"1"_bytes, first});
  CHECK(keys_of(node.ask(list{})) == names{"a"});
  node.disk.repair();
  CHECK(node.error_of(put{"a", "2"_bytes}) == "none");
  CHECK(to_text(node.ask(get{"a"}).value) == "2");
}

TEST_CASE("a disk that turns read-only refuses writes, and what was acknowledged can be read") {
  contract_node node(backend::disk);
  auto first = node.ask(put{"a", "1"_bytes});
  node.disk.fail_writes(1, SQLITE_READONLY);
  CHECK(node.error_of(put{"a", "2"_bytes}) == "read_only");
  CHECK(node.error_of(db::remove{"a"}) == "read_only");
  CHECK(node.ask(get{"a"}) == db::document{"1"_bytes, first});
}
