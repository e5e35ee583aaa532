#include "interfaces/wire.hpp"

#include "interfaces/db.hpp"
#include "interfaces/ipfs.hpp"
#include "interfaces/key_manager.hpp"
#include "tests/interfaces/samples.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace pillar;

extern template struct pillar::wire<sample::service>;

TEST_CASE("an interface's table has a row for each request, in order") {
  auto table = wire<sample::service>::table;
  REQUIRE(table.size() == 4);
  CHECK(table[0].name == "sample.price");
  CHECK(table[1].name == "sample.draw");
  CHECK(table[2].name == "sample.forget");
  CHECK(table[3].name == "sample.walk");
}

TEST_CASE("a row says what its request is") {
  auto& draw = info<sample::service, sample::draw>();
  CHECK(draw.name == "sample.draw");
  CHECK(draw.short_name == "draw");
  CHECK(*draw.type == typeid(sample::draw));
  CHECK(draw.request == &layout_of<sample::draw>::value);
  CHECK(draw.reply == &layout_of<sample::branch>::value);
  CHECK(draw.fingerprint == fingerprint<sample::draw>());
  CHECK(draw.idempotent);
  CHECK_FALSE(draw.streams);
  CHECK_FALSE(info<sample::service, sample::price>().idempotent);
  CHECK(info<sample::service, sample::walk>().streams);
}

TEST_CASE("a row describes its request and reply") {
  CHECK(info<ipfs::service, ipfs::pin_rm>().description()
        == "ipfs.pin_rm{path: text, recursive: flag} -> ipfs.cid{text: text}");
  CHECK(info<sample::service, sample::forget>().description() == "sample.forget -> nothing");
  CHECK(info<sample::service, sample::walk>().description()
        == "sample.walk{steps: uint32} -> stream(sample.point{x: real, y: real})");
}

TEST_CASE("a narrow interface finds the rows of the whole one") {
  CHECK(&info<sample::reader, sample::walk>() == &info<sample::service, sample::walk>());
  CHECK(&info<ipfs::reader, ipfs::get_id>() == &info<ipfs::service, ipfs::get_id>());
}

TEST_CASE("no two requests of the contracts share a name or a fingerprint") {
  std::set<std::string_view> names;
  std::set<std::uint64_t> fingerprints;
  std::size_t rows = 0;
  for (auto table : {wire<ipfs::service>::table, wire<db::service>::table, wire<key_manager::service>::table})
    for (auto& row : table) {
      ++rows;
      names.insert(row.name);
      fingerprints.insert(row.fingerprint);
    }
  CHECK(names.size() == rows);
  CHECK(fingerprints.size() == rows);
}

TEST_CASE("a request is moved into its letter beside an empty envelope") {
  sample::price request{{1, 2}, "summer"};
  auto letter = info<sample::service, sample::price>().pack(&request);
  REQUIRE(letter->content().match_elements<envelope, sample::price>());
  CHECK(letter->content().get_as<sample::price>(1).coupon == "summer");
  CHECK(envelope_of(*letter).trace == 0);
  CHECK(envelope_of(*letter).deadline == instant::max());
  envelope_of(*letter).trace = 9;
  CHECK(letter->content().get_as<envelope>(0).trace == 9);
}

TEST_CASE("a copied letter leaves the request as it was") {
  const sample::price request{{1, 2}, "summer"};
  auto letter = info<sample::service, sample::price>().pack_copy(&request);
  CHECK(letter->content().get_as<sample::price>(1).coupon == "summer");
  CHECK(request.coupon == "summer");
}

TEST_CASE("a letter is packed from binary data, which is checked") {
  auto& row = info<sample::service, sample::price>();
  auto data = encode(sample::price{{1, 2}, "summer"});
  CHECK(row.pack_binary(data)->content().get_as<sample::price>(1).at == sample::point{1, 2});
  data.pop_back();
  CHECK_THROWS_AS(row.pack_binary(data), failure);
}

TEST_CASE("an answer holds the reply or the failure") {
  auto& row = info<sample::service, sample::price>();
  result<std::uint64_t> given{42};
  auto good = row.answer(&given);
  std::optional<std::uint64_t> opened;
  REQUIRE(row.open(good->content(), &opened));
  CHECK(opened == 42);

  result<std::uint64_t> failed{failure{errc::not_found, "no point"}};
  auto bad = row.answer(&failed);
  opened.reset();
  CHECK_FALSE(row.open(bad->content(), &opened));
  REQUIRE(bad->content().match_elements<caf::error>());
  CHECK(from_caf_error(bad->content().get_as<caf::error>(0)) == failure{errc::not_found, "no point"});
}

TEST_CASE("the answer to a request without a reply is empty") {
  auto& row = info<sample::service, sample::forget>();
  result<void> given;
  auto reply = row.answer(&given);
  CHECK(reply->content().empty());
  opened_reply<void> opened;
  CHECK(row.open(reply->content(), &opened));
  CHECK(opened.has_value());
}

TEST_CASE("a stream's answer is its opening") {
  auto& row = info<sample::service, sample::walk>();
  result<stream_opened> given{stream_opened{7}};
  auto reply = row.answer(&given);
  std::optional<stream_opened> opened;
  REQUIRE(row.open(reply->content(), &opened));
  CHECK(opened->id == 7);
}

TEST_CASE("something else than the reply is not opened") {
  auto& row = info<sample::service, sample::draw>();
  auto other = reply_letter<std::uint64_t>{42};
  std::optional<sample::branch> opened;
  CHECK_FALSE(row.open(other, &opened));
  CHECK_FALSE(opened.has_value());
  bytes data;
  CHECK_FALSE(row.open_binary(other, data));
}

TEST_CASE("a reply is opened into binary for gateways") {
  auto& row = info<sample::service, sample::draw>();
  result<sample::branch> given{sample::branch{"root"}};
  auto reply = row.answer(&given);
  bytes data;
  REQUIRE(row.open_binary(reply->content(), data));
  CHECK(decode<sample::branch>(data) == sample::branch{"root"});
}

TEST_CASE("a reply that others hold too is copied, not taken") {
  auto& row = info<sample::service, sample::draw>();
  auto shared = caf::make_message(sample::branch{"root"});
  auto element = caf::make_mailbox_element(nullptr, {}, {}, shared);
  std::optional<sample::branch> opened;
  REQUIRE(row.open(element->content(), &opened));
  CHECK(opened->name == "root");
  CHECK(shared.get_as<sample::branch>(0).name == "root");
}
