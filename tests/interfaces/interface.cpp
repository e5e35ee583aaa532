#include "interfaces/handle.hpp"

#include "interfaces/db.hpp"
#include "interfaces/ipfs.hpp"
#include "interfaces/key_manager.hpp"
#include "tests/interfaces/samples.hpp"

#include <doctest/doctest.h>

#include <type_traits>

using namespace pillar;

TEST_CASE("an interface accepts its requests and no others") {
  static_assert(accepts<sample::service, sample::price> && accepts<sample::service, sample::walk>);
  static_assert(accepts<sample::reader, sample::draw> && !accepts<sample::reader, sample::price>);
  static_assert(!accepts<sample::service, ipfs::cat> && !accepts<ipfs::service, db::get>);
}

TEST_CASE("an interface covers another when it has all of its requests") {
  static_assert(covers<sample::service, sample::reader> && !covers<sample::reader, sample::service>);
  static_assert(covers<sample::reader, sample::reader>);
  static_assert(!covers<ipfs::service, db::reader>);
}

TEST_CASE("a narrow interface knows the one it was cut from") {
  static_assert(std::same_as<whole_of<ipfs::reader>, ipfs::service>);
  static_assert(std::same_as<whole_of<db::service>, db::service>);
  static_assert(sample::reader::name == "sample");
}

TEST_CASE("an interface's own name is its type's") {
  CHECK(interface_name<ipfs::reader>() == "ipfs.reader");
  CHECK(interface_name<key_manager::signer>() == "key_manager.signer");
  CHECK(interface_name<sample::service>() == "sample.service");
}

TEST_CASE("a request is idempotent only when it says so") {
  static_assert(is_idempotent<ipfs::stat> && is_idempotent<db::get> && is_idempotent<sample::draw>);
  static_assert(!is_idempotent<db::put> && !is_idempotent<sample::price>);
}

TEST_CASE("a handle narrows and never widens, and type traits see it") {
  using whole = handle<sample::service>;
  using narrow = handle<sample::reader>;
  static_assert(std::is_convertible_v<whole, narrow>);
  static_assert(!std::is_constructible_v<whole, narrow> && !std::is_convertible_v<narrow, whole>);
  static_assert(!std::is_constructible_v<handle<ipfs::reader>, whole>);
  static_assert(!std::is_constructible_v<handle<db::service>, handle<ipfs::service>>);
  static_assert(std::is_copy_constructible_v<narrow> && std::is_nothrow_move_constructible_v<narrow>);
}

TEST_CASE("a handle of the same requests under another name converts") {
  static_assert(std::is_convertible_v<handle<db::service>, handle<db::documents>>);
  static_assert(std::is_convertible_v<handle<db::documents>, handle<db::reader>>);
}

TEST_CASE("an empty handle is false") {
  handle<sample::service> none;
  CHECK_FALSE(none);
  CHECK(none.target() == nullptr);
  handle<sample::reader> narrow = none;
  CHECK_FALSE(narrow);
}
