#include "actors/ipfs/format/car_reader.hpp"

#include "actors/ipfs/files/dag_export.hpp"
#include "actors/ipfs/format/car.hpp"
#include "actors/ipfs/format/varint.hpp"
#include "actors/ipfs/store/memory_block_store.hpp"
#include "tests/actors/ipfs/support.hpp"

#include <algorithm>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;

namespace {

content_id id_of(std::string_view block) {
  return {1, codec::raw, hash_of(hash_function::sha2_256, view_of(block))};
}

void add_section(bytes& to, const content_id& id, std::string_view block) {
  append(to, section_head(id, block.size()));
  append(to, view_of(block));
}

/// An archive of two blocks, the first of which is the root.
bytes archive_of(std::string_view first, std::string_view second) {
  bytes out = car_header(id_of(first));
  add_section(out, id_of(first), first);
  add_section(out, id_of(second), second);
  return out;
}

void append_little_endian(bytes& to, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) to.push_back(static_cast<std::byte>(value >> 8 * i));
}

/// The same as version 2, with a gap before the payload and an index behind it.
bytes as_version_2(bytes_view payload, std::uint64_t gap = 7) {
  bytes out;
  append(out, view_of("\x0a\xa1\x67version\x02"));
  out.resize(out.size() + 16);
  append_little_endian(out, 51 + gap);
  append_little_endian(out, payload.size());
  append_little_endian(out, 51 + gap + payload.size());
  out.resize(out.size() + gap);
  append(out, payload);
  append(out, view_of("an index that nobody reads"));
  return out;
}

struct read_archive {
  std::vector<content_id> roots;
  std::vector<std::string> blocks;
};

read_archive read(bytes_view data, std::size_t at_once = SIZE_MAX) {
  car_reader reader(
      [&](std::span<std::byte> to) {
        auto size = std::min({to.size(), data.size(), at_once});
        std::ranges::copy(data.first(size), to.begin());
        data = data.subspan(size);
        return size;
      },
      "the archive");
  read_archive out{reader.roots(), {}};
  while (auto section = reader.next()) out.blocks.emplace_back(text_of(section->block));
  return out;
}

std::string refusal(bytes_view data, errc code) {
  auto f = failure_of([&] { read(data); });
  CHECK(f.code() == code);
  return f.message();
}

} // namespace

TEST_CASE("an archive gives its roots, and its blocks in their order") {
  auto archive = archive_of("one", "two");
  auto got = read(archive);
  CHECK(got.roots == std::vector{id_of("one")});
  CHECK(got.blocks == std::vector<std::string>{"one", "two"});
  CHECK(read(as_version_2(archive)).blocks == got.blocks);
  CHECK(read(as_version_2(archive, 0)).blocks == got.blocks);
  CHECK(read(as_version_2(archive, 3 << 20)).blocks == got.blocks);
}

TEST_CASE("an archive that is cut off anywhere is refused, but at a section's end") {
  auto archive = archive_of("one", "two");
  auto header = car_header(id_of("one")).size();
  auto section = section_head(id_of("one"), 3).size() + 3;
  for (std::size_t size = 0; size < archive.size(); ++size) {
    CAPTURE(size);
    auto cut = bytes_view(archive).first(size);
    if (size == header || size == header + section) CHECK_NOTHROW(read(cut));
    else CHECK_THROWS_AS(read(cut), failure);
  }
  auto second = as_version_2(archive);
  for (std::size_t size = 0; size < second.size() - 26; ++size) {
    CAPTURE(size);
    bool whole_sections = size == 58 + header || size == 58 + header + section;
    if (!whole_sections) CHECK_THROWS_AS(read(bytes_view(second).first(size)), failure);
  }
}

TEST_CASE("what is no archive is refused with a sentence that says so") {
  CHECK(refusal({}, errc::bad_request) == "the archive is empty, and no CAR archive");
  CHECK(refusal(view_of("hello world"), errc::bad_request).find("no CAR archive") != std::string::npos);
  CHECK(refusal(view_of(std::string(1000, 'x')), errc::bad_request).find("no CAR archive") != std::string::npos);
  CHECK(refusal(view_of("\x0a\xa1\x67version\x03"), errc::bad_request)
        == "the archive is a CAR archive of version 3, and only 1 and 2 can be read");
}

TEST_CASE("a block that is not what its CID says is refused") {
  auto archive = car_header(id_of("one"));
  add_section(archive, id_of("one"), "two");
  CHECK(refusal(archive, errc::damaged).find("does not verify") != std::string::npos);
}

TEST_CASE("lengths that cannot be are refused before anything is read for them") {
  auto with_length = [](std::uint64_t length) {
    auto archive = car_header(id_of("one"));
    append_varint(archive, length);
    append(archive, view_of("rest"));
    return archive;
  };
  CHECK(refusal(with_length(0), errc::damaged).find("no sound length") != std::string::npos);
  CHECK(refusal(with_length(1ull << 40), errc::damaged).find("are the most") != std::string::npos);
  CHECK(refusal(with_length(UINT64_MAX), errc::damaged).find("are the most") != std::string::npos);
  auto endless = car_header(id_of("one"));
  endless.insert(endless.end(), 11, std::byte{0xff});
  CHECK(refusal(endless, errc::damaged).find("no sound length") != std::string::npos);
  bytes long_header;
  append_varint(long_header, 2 << 20);
  CHECK_THROWS_AS(read(long_header), failure);
}

TEST_CASE("a version 2 whose header points nowhere, or holds another version 2, is refused") {
  auto archive = archive_of("one", "two");
  auto nested = as_version_2(as_version_2(archive));
  CHECK_THROWS_AS(read(nested), failure);
  for (std::size_t at = 11 + 16; at < 11 + 40 - 8; ++at) {
    CAPTURE(at);
    auto broken = as_version_2(archive);
    broken[at] = std::byte{0xff};
    CHECK_THROWS_AS(read(broken), failure);
  }
}

TEST_CASE("what was exported reads back, depth first, each block once") {
  memory_block_store store;
  auto a = put_raw(store, "a"), b = put_raw(store, "b");
  auto inner = put_directory(store, {{a, "a", 1}, {b, "b", 1}});
  auto root = put_directory(store, {{b, "first", 1}, {inner, "second", 1}, {inner, "third", 1}});
  bytes archive;
  export_dag(store, root, [&](bytes_view piece) { append(archive, piece); }, {});
  auto got = read(archive);
  CHECK(got.roots == std::vector{root});
  REQUIRE(got.blocks.size() == 4);
  CHECK(got.blocks[0] == text_of(*store.get(root)));
  CHECK(got.blocks[1] == "b");
  CHECK(got.blocks[2] == text_of(*store.get(inner)));
  CHECK(got.blocks[3] == "a");
}

TEST_CASE("an export with a missing block fails and names it, and a stopped one is cancelled") {
  memory_block_store store;
  auto missing = id_of("nobody has this");
  auto root = put_directory(store, {{missing, "gone", 1}});
  auto ignore = [](bytes_view) {};
  auto f = failure_of([&] { export_dag(store, root, ignore, {}); });
  CHECK(f.code() == errc::not_found);
  CHECK(f.message().find(missing.to_string()) != std::string::npos);
  std::stop_source stop;
  stop.request_stop();
  CHECK(failure_of([&] { export_dag(store, root, ignore, stop.get_token()); }).code() == errc::cancelled);
}

TEST_CASE("a graph that doubles at every level is exported in as many steps as it has blocks") {
  memory_block_store store;
  auto node = put_raw(store, "leaf");
  for (int level = 0; level < 200; ++level) node = put_directory(store, {{node, "a", 1}, {node, "b", 1}});
  std::size_t size = 0;
  export_dag(store, node, [&](bytes_view piece) { size += piece.size(); }, {});
  CHECK(size < 200 * 300);
}
