// Trees as archives: what they say, byte by byte where it matters, and what is refused.
#include "actors/ipfs/files/tree_archiver.hpp"

#include "actors/ipfs/store/memory_block_store.hpp"
#include "interfaces/error.hpp"
#include "tests/actors/ipfs/support.hpp"

#include <doctest/doctest.h>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;

namespace {

/// A header of an archive with its content, as its fields say.
struct part {
  std::string name, mode, time, target, content;
  char type;
};

std::uint64_t octal(std::string_view field) {
  return std::stoull(std::string(field), nullptr, 8);
}

std::string text(std::string_view field) {
  return std::string(field.substr(0, field.find('\0')));
}

std::vector<part> parts_of(std::string_view archive) {
  std::vector<part> all;
  while (archive.size() > 1024) {
    auto header = archive.substr(0, 512);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < 512; ++i) sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(header[i]);
    CHECK(octal(header.substr(148, 8)) == sum);
    CHECK(header.substr(257, 8) == std::string_view("ustar\00000", 8));
    auto size = octal(header.substr(124, 12));
    all.push_back({text(header.substr(0, 100)), text(header.substr(100, 8)), text(header.substr(136, 12)),
                   text(header.substr(157, 100)), std::string(archive.substr(512, size)), header[156]});
    archive.remove_prefix(512 + (size + 511) / 512 * 512);
  }
  CHECK(archive == std::string(1024, '\0'));
  return all;
}

struct fixture {
  std::shared_ptr<memory_block_store> store = std::make_shared<memory_block_store>();
  std::string archive = {};
  std::size_t longest = 0;

  content_id file(std::string_view content, unixfs_metadata metadata = {}) {
    return put_node(*store, {}, {.data = view_of(content), .file_size = content.size(), .metadata = metadata});
  }

  std::vector<part> write(const content_id& root, const std::string& name = "root", tree_limits limits = {}) {
    archive.clear();
    tree_archiver(store, {.seconds = 8}, {}, nullptr, limits).write(root, name, [&](bytes_view piece) {
      archive += text_of(piece);
      longest = std::max(longest, piece.size());
    });
    CHECK(archive.size() % 512 == 0);
    return parts_of(archive);
  }

  failure refused(const content_id& root, const std::string& name = "root", tree_limits limits = {}) {
    return failure_of([&] { write(root, name, limits); });
  }
};

} // namespace

TEST_CASE("an archive holds a tree depth first, with usual modes and the given time where nothing is recorded") {
  fixture f;
  auto inner = put_directory(*f.store, {{f.file(std::string(512, 'x')), "x", 0}});
  auto root = put_directory(
      *f.store, {{inner, "a", 0}, {put_raw(*f.store, "raw"), "b", 0}, {put_symlink(*f.store, "/b"), "c", 0}});
  auto all = f.write(root);
  REQUIRE(all.size() == 5);
  CHECK(all[0].name == "root/");
  CHECK(all[0].type == '5');
  CHECK(all[0].mode == "0000755");
  CHECK(all[0].time == "00000000010");
  CHECK(all[1].name == "root/a/");
  CHECK(all[2].name == "root/a/x");
  CHECK(all[2].type == '0');
  CHECK(all[2].mode == "0000644");
  CHECK(all[2].content == std::string(512, 'x'));
  CHECK(all[3].name == "root/b");
  CHECK(all[3].content == "raw");
  CHECK(all[4].name == "root/c");
  CHECK(all[4].type == '2');
  CHECK(all[4].mode == "0000777");
  CHECK(all[4].target == "/b");
}

TEST_CASE("a file or a link alone is an archive, too") {
  fixture f;
  auto file = f.write(f.file("content"), "name");
  REQUIRE(file.size() == 1);
  CHECK(file[0].name == "name");
  CHECK(file[0].content == "content");
  auto link = f.write(put_symlink(*f.store, "x"));
  REQUIRE(link.size() == 1);
  CHECK(link[0].target == "x");
}

TEST_CASE("what a header cannot say is in records before it") {
  fixture f;
  const auto records = [&](const std::string& name, const unixfs_metadata& metadata) {
    auto all = f.write(f.file("x", metadata), name);
    CHECK(all.back().content == "x");
    CHECK(all.size() <= 2);
    if (all.size() == 2) CHECK(all[0].type == 'x');
    return all.size() == 2 ? all[0].content : "";
  };
  const std::string hundred(100, 'n'), more(101, 'n');
  CHECK(records(hundred, {}) == "");
  CHECK(records(more, {}) == "111 path=" + more + "\n");
  CHECK(records(std::string(90, 'n') + "\xc3\xa4", {}) == "102 path=" + std::string(90, 'n') + "\xc3\xa4\n");
  CHECK(records("\xc3\xa4", {}) == "11 path=\xc3\xa4\n");
  CHECK(records("\xff", {}) == "");
  CHECK(f.archive.starts_with(std::string("\xff\0", 2)));
  CHECK(records("\xff" + hundred, {}) == "111 path=\xff" + hundred + "\n");
  CHECK(records("n", {{}, unixfs_time{5, 0}}) == "");
  CHECK(records("n", {{}, unixfs_time{5, 250'000'000}}) == "14 mtime=5.25\n");
  CHECK(records("n", {{}, unixfs_time{0, 1}}) == "21 mtime=0.000000001\n");
  CHECK(records("n", {{}, unixfs_time{-5, 0}}) == "12 mtime=-5\n");
  CHECK(records("n", {{}, unixfs_time{-2, 500'000'000}}) == "14 mtime=-1.5\n");
  CHECK(records("n", {{}, unixfs_time{-1, 750'000'000}}) == "15 mtime=-0.25\n");
  CHECK(records("n", {{}, unixfs_time{(1ll << 33) - 1, 0}}) == "");
  CHECK(records("n", {{}, unixfs_time{1ll << 33, 0}}) == "20 mtime=8589934592\n");
  CHECK(f.write(put_symlink(*f.store, more)).front().content == "115 linkpath=" + more + "\n");
}

TEST_CASE("an entry of more than 8 GiB has its size in a record") {
  std::string head;
  tar_writer out([&](bytes_view piece) { head += text_of(piece.first(std::min<std::size_t>(piece.size(), 2048))); });
  out.begin({.path = "big", .mode = 0644, .seconds = 0, .size = 1ull << 33});
  out.finish();
  CHECK(head.substr(512, 19) == "19 size=8589934592\n");
  CHECK(head.substr(1024, 4) == std::string("big\0", 4));
}

TEST_CASE("recorded modes are kept but for set-user-id, set-group-id and the sticky bit") {
  fixture f;
  CHECK(f.write(f.file("", {07640, {}})).front().mode == "0000640");
  CHECK(f.write(f.file("", {0, {}})).front().mode == "0000644");
  auto directory = put_node(*f.store, {}, {.type = unixfs_type::directory, .metadata = {01700, unixfs_time{9, 0}}});
  CHECK(f.write(directory).front().mode == "0000700");
  CHECK(f.write(directory).front().time == "00000000011");
}

TEST_CASE("content comes in pieces of at most 1 MiB, and again the same") {
  fixture f;
  std::vector<pb_link> links;
  for (int i = 0; i < 30; ++i) links.push_back({put_raw(*f.store, noise(100'000)), "file" + std::to_string(i), 0});
  auto root = put_directory(*f.store, links);
  CHECK(f.write(root).size() == 31);
  CHECK(f.longest == 1 << 20);
  auto first = f.archive;
  f.write(root);
  CHECK((f.archive == first));
}

TEST_CASE("names that lead elsewhere, occur twice or are no names of files are refused") {
  fixture f;
  auto x = put_raw(*f.store, "x");
  for (auto* name : {"..", ".", "", "a/b", "../x", "/x"}) {
    CAPTURE(name);
    CHECK(f.refused(put_directory(*f.store, {{x, name, 0}})).code() == errc::bad_request);
    CHECK(f.refused(x, name).code() == errc::bad_request);
  }
  CHECK(f.refused(put_directory(*f.store, {{x, std::string("a\0b", 3), 0}})).code() == errc::bad_request);
  CHECK(f.refused(put_directory(*f.store, {{x, std::string(256, 'n'), 0}})).code() == errc::bad_request);
  auto inner = put_directory(*f.store, {{x, "passwd", 0}});
  auto twice =
      f.refused(put_directory(*f.store, {{put_symlink(*f.store, "/etc"), "a", 0}, {x, "b", 0}, {inner, "a", 0}}));
  CHECK(twice.code() == errc::damaged);
  CHECK(twice.message().starts_with("directory entry \"a\" occurs twice in "));
  for (auto target : {std::string(), std::string("a\0b", 3), std::string(5'000, 't')})
    CHECK(f.refused(put_symlink(*f.store, target)).code() == errc::bad_request);
}

TEST_CASE("very deep and very large trees are refused") {
  fixture f;
  auto deep = put_raw(*f.store, "x");
  for (int i = 0; i < 2'100; ++i) deep = put_directory(*f.store, {{deep, "d", 0}});
  CHECK(f.refused(deep).code() == errc::bad_request);
  auto x = put_raw(*f.store, "x");
  auto wide = put_directory(*f.store, {{x, "a", 0}, {x, "b", 0}, {x, "c", 0}});
  CHECK(f.refused(wide, "root", {.entries = 3}).code() == errc::too_large);
  CHECK(f.write(wide, "root", {.entries = 4}).size() == 4);
}

TEST_CASE("an archive of what is not there, is no time, or was stopped fails with the reason") {
  fixture f;
  content_id missing(1, codec::raw, hash_of(hash_function::sha2_256, view_of("nowhere")));
  CHECK(f.refused(put_directory(*f.store, {{missing, "a", 0}})).code() == errc::not_found);
  CHECK(failure_of([&] { tree_archiver(f.store, {.nanoseconds = 1'000'000'000}, {}); }).code() == errc::bad_request);
  std::stop_source stop;
  stop.request_stop();
  CHECK(failure_of([&] {
          tree_archiver(f.store, {}, stop.get_token()).write(put_raw(*f.store, "x"), "x", [](bytes_view) {});
        }).code()
        == errc::cancelled);
}
