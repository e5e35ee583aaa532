// The CIDs that Kubo 0.39 gives with its options of `ipfs add`, recorded in import_vectors.json; and what it refuses.
#include "actors/ipfs/files/file_importer.hpp"
#include "actors/ipfs/files/import_options.hpp"
#include "actors/ipfs/store/discarding_batch.hpp"
#include "tests/actors/ipfs/support.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;
namespace json = boost::json;

namespace {

import_request request_of(const json::object& vector) {
  import_request out;
  for (const auto& [key, value] : vector) {
    if (key == "cid_version") out.cid_version = value.to_number<unsigned>();
    else if (key == "raw_leaves") out.raw_leaves = value.as_bool();
    else if (key == "chunker") out.chunker = value.as_string();
    else if (key == "hash") out.hash = value.as_string();
    else if (key == "trickle") out.trickle = value.as_bool();
    else if (key == "max_links") out.max_links = value.to_number<std::size_t>();
    else if (key == "inline_limit") out.inline_limit = value.to_number<std::size_t>();
    else if (key == "mode") out.mode = value.to_number<std::uint32_t>();
    else if (key == "mtime") out.mtime.emplace().seconds = value.to_number<std::int64_t>();
    else if (key == "mtime_nsecs") out.mtime.value().nanoseconds = value.to_number<std::uint32_t>();
    else REQUIRE((key == "input" || key == "size" || key == "cid"));
  }
  return out;
}

std::string content_of(const json::object& vector) {
  auto size = vector.at("size").to_number<std::size_t>();
  static const auto all_noise = noise(3'000'000);
  if (vector.at("input") == "noise") return all_noise.substr(0, size);
  std::string out(size, '\0');
  if (vector.at("input") == "zeros") return out;
  REQUIRE(vector.at("input") == "mod251");
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(i % 251);
  return out;
}

content_id id_of(std::string_view content, const import_options& options, thread_pool& pool) {
  discarding_batch batch;
  node_writer writer(options, batch);
  return file_importer(writer, pool)
      .import([&](std::span<std::byte> to) {
        auto size = std::min(to.size(), content.size());
        std::memcpy(to.data(), content.data(), size);
        content.remove_prefix(size);
        return size;
      })
      .id;
}

failure refused(const import_request& request) {
  auto why = failure_of([&] { make_import_options(request); });
  CHECK(why.code() == errc::bad_request);
  return why;
}

} // namespace

TEST_CASE("every option gives the CIDs that Kubo gives") {
  std::ifstream file(PILLAR_SOURCE_DIR "/tests/actors/ipfs/files/import_vectors.json");
  REQUIRE(file);
  auto vectors = json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
  thread_pool pool(2);
  for (const auto& value : vectors.as_array()) {
    const auto& vector = value.as_object();
    CAPTURE(json::serialize(vector));
    auto options = make_import_options(request_of(vector));
    CHECK(id_of(content_of(vector), options, pool).to_string() == vector.at("cid").as_string());
  }
}

TEST_CASE("chunkers that cannot be are refused by what is wrong") {
  for (const auto* text : {"size-0",
                           "size-",
                           "size",
                           "size-x",
                           "size--1",
                           "size-10-20",
                           "size-2096897",
                           "size-99999999999999999999",
                           "rabin-",
                           "rabin-x",
                           "rabin-47",
                           "rabin-1397932",
                           "rabin-18446744073709551615",
                           "rabin-1-2",
                           "rabin-1-2-3",
                           "rabin-16-16-20",
                           "rabin-16-20-20",
                           "rabin-16-20-2096897",
                           "rabin-min:16-avg:20-big:30",
                           "rabin-avg:1000",
                           "rabin-1-2-3-4",
                           "rabinx",
                           "buzhash-1",
                           "fixed",
                           "size-1 "}) {
    CAPTURE(text);
    auto why = failure_of([&] { chunker::parse(text); });
    CHECK(why.code() == errc::bad_request);
    CHECK(why.message().starts_with("chunker \""));
    CHECK(refused({.chunker = text}) == why);
  }
}

TEST_CASE("a chunker is written as it is read") {
  for (const auto* text : {"size-1", "size-2096896", "rabin-16-17-18", "rabin-512-1024-2048", "buzhash"})
    CHECK(chunker::parse(text).to_string() == text);
  CHECK(chunker::parse("default") == chunker());
  CHECK(chunker::parse("rabin").to_string() == "rabin-87381-262144-393216");
  CHECK(chunker::parse("rabin-min:512-avg:1024-max:2048") == chunker::parse("rabin-512-1024-2048"));
}

TEST_CASE("content-defined chunks are found again behind an insertion") {
  auto content = noise(3 << 20);
  for (const auto* text : {"rabin-16384", "buzhash"}) {
    auto cutter = chunker::parse(text);
    auto ends_of = [&](std::string_view data) {
      std::vector<std::size_t> ends; // counted from the end of the data
      while (!data.empty()) {
        data.remove_prefix(cutter.cut(view_of(data.substr(0, cutter.largest()))));
        ends.push_back(data.size());
      }
      return ends;
    };
    auto before = ends_of(content);
    auto after = ends_of(noise(1000, 2) + content);
    std::vector<std::size_t> common;
    std::ranges::set_intersection(before, after, std::back_inserter(common), std::greater());
    CHECK(common.size() * 2 > before.size());
  }
}

TEST_CASE("options that contradict each other are refused as Kubo does") {
  CHECK(refused({.cid_version = 0, .hash = "blake3"}).message().find("sha2-256") != std::string::npos);
  refused({.profile = "unixfs-v0-2015", .hash = "sha2-512"});
  refused({.cid_version = 2});
  refused({.hash = "nope"});
  refused({.hash = "md5"});
  refused({.raw_leaves = true, .mode = 0644});
  refused({.raw_leaves = true, .preserve_mtime = true});
  refused({.profile = "unixfs-v1-2025", .mode = 0644});
  refused({.mtime = unixfs_time{0, 5}});
  refused({.mtime = unixfs_time{5, 1'000'000'000}});
  refused({.mode = 07000});
  refused({.inline_limit = 129});
  refused({.max_links = 1});
  refused({.hamt_fanout = 100});
  refused({.profile = "unixfs"});
}

TEST_CASE("what a request leaves out comes from its profile or from the defaults") {
  auto v1 = make_import_options({.profile = "unixfs-v1-2025"});
  CHECK(v1.cid_version == 1);
  CHECK(v1.uses_raw_leaves());
  CHECK(v1.chunker == chunker::fixed(1 << 20));
  CHECK(v1.max_links == 1024);
  CHECK(make_import_options({.profile = "unixfs-v1-2025", .chunker = "size-1000"}).chunker == chunker::fixed(1000));
  CHECK_FALSE(make_import_options({.profile = "unixfs-v1-2025", .raw_leaves = false, .mode = 0644}).uses_raw_leaves());

  auto v0 = make_import_options({.profile = "unixfs-v0-2015"}, v1);
  CHECK(v0.cid_version == 0);
  CHECK(v0.chunker == chunker());
  CHECK_FALSE(make_import_options({.profile = "unixfs-v0-2015", .cid_version = 1}).uses_raw_leaves());

  CHECK(make_import_options({.cid_version = 1}).uses_raw_leaves());
  CHECK(make_import_options({.cid_version = 1}, checked({})).uses_raw_leaves());
  CHECK(make_import_options({.hash = "blake3"}).cid_version == 1);
  CHECK(make_import_options({.hash = "sha2-512"}, v1).chunker == chunker::fixed(1 << 20));
  CHECK_FALSE(make_import_options({.cid_version = 1, .preserve_mode = true}).uses_raw_leaves());
}
