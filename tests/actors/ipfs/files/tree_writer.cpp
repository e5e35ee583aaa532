// Trees written from blocks: whole or not at all, and never outside of where they belong.
#include "actors/ipfs/files/tree_writer.hpp"

#include "actors/ipfs/store/memory_block_store.hpp"
#include "tests/actors/ipfs/store/failing_files.hpp"
#include "tests/actors/ipfs/support.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <algorithm>
#include <limits>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;
namespace fs = std::filesystem;

namespace {

/// Without openat2, as in old kernels and strict sandboxes.
class old_kernel : public failing_files {
public:
  int open_beneath(int directory, const char* path, int flags, mode_t mode) override {
    return walk_beneath(directory, path, flags, mode);
  }
};

struct fixture {
  std::shared_ptr<memory_block_store> store = std::make_shared<memory_block_store>();
  temporary_directory directory;
  failing_files files;
  content_id file = put_raw(*store, "content");

  fs::path out() const { return directory / "out"; }

  fixture() { fs::create_directory(out()); }

  void write(const content_id& id, std::string_view name = "it", tree_limits limits = {}, std::stop_token stop = {}) {
    tree_writer(files, store, limits, stop).write(id, out(), name);
  }

  /// Checks that it is refused and that nothing is left of it.
  failure refused(const content_id& id, errc code, std::string_view name = "it") {
    auto why = failure_of([&] { write(id, name); });
    CHECK(why.code() == code);
    CHECK(fs::is_empty(out()));
    return why;
  }
};

} // namespace

TEST_CASE("a file and a tree are written as they are") {
  fixture f;
  auto dir = put_directory(
      *f.store,
      {{put_directory(*f.store, {}), "empty", 0}, {f.file, "file", 0}, {put_symlink(*f.store, "file"), "link", 0}});
  auto root = put_directory(
      *f.store,
      {{dir, "dir", 0}, {put_symlink(*f.store, "dir/file"), "down", 0}, {put_raw(*f.store, ""), "nothing", 0}});
  f.write(f.file, "single");
  CHECK(read_file(f.out() / "single") == "content");
  f.write(root);
  CHECK(read_file(f.out() / "it/dir/file") == "content");
  CHECK(read_file(f.out() / "it/nothing").empty());
  CHECK(fs::is_directory(f.out() / "it/dir/empty"));
  CHECK(fs::read_symlink(f.out() / "it/dir/link") == "file");
  CHECK(read_file(f.out() / "it/down") == "content");
  CHECK(std::distance(fs::directory_iterator(f.out()), {}) == 2);
}

TEST_CASE("what exists is not overwritten") {
  fixture f;
  write_file(f.out() / "it", "mine");
  for (const auto& id : {f.file, put_directory(*f.store, {}), put_symlink(*f.store, "x")}) {
    auto why = failure_of([&] { f.write(id); });
    CHECK(why.code() == errc::already_exists);
    CHECK(why.message().find((f.out() / "it").string()) != std::string::npos);
  }
  CHECK(read_file(f.out() / "it") == "mine");
  fs::create_symlink("nowhere", f.out() / "link");
  CHECK(failure_of([&] { f.write(f.file, "link"); }).code() == errc::already_exists);
  CHECK_FALSE(fs::exists(f.directory / "nowhere"));
}

TEST_CASE("the place to write to must be a directory and the name a name") {
  fixture f;
  CHECK(failure_of([&] { tree_writer(f.files, f.store, {}, {}).write(f.file, f.directory / "absent", "it"); }).code()
        == errc::not_found);
  write_file(f.directory / "file", "");
  CHECK(failure_of([&] { tree_writer(f.files, f.store, {}, {}).write(f.file, f.directory / "file", "it"); }).code()
        == errc::not_found);
  for (std::string_view name : {"", ".", "..", "a/b", "../it", "/it"}) f.refused(f.file, errc::bad_request, name);
  f.refused(f.file, errc::bad_request, std::string(300, 'x'));
}

TEST_CASE("entries whose names lead elsewhere are refused") {
  fixture f;
  for (std::string name :
       {std::string(".."), std::string("."), std::string(""), std::string("../evil"), std::string("/etc/evil"),
        std::string("a/b"), std::string("a\0b", 3), std::string("a/../../evil")}) {
    f.refused(put_directory(*f.store, {{f.file, name, 0}}), errc::bad_request);
    f.refused(put_directory(*f.store, {{put_directory(*f.store, {{f.file, name, 0}}), "dir", 0}}), errc::bad_request);
  }
  CHECK_FALSE(fs::exists(f.directory / "evil"));
}

TEST_CASE("symbolic links that lead out are refused") {
  fixture f;
  for (std::string target : {std::string("/etc/passwd"), std::string("/"), std::string(".."), std::string("../x"),
                             std::string("dir/../../x"), std::string("dir/.."), std::string("./../x"), std::string(""),
                             std::string("a\0b", 3)}) {
    auto link = put_symlink(*f.store, target);
    f.refused(link, errc::bad_request);
    f.refused(put_directory(*f.store, {{link, "link", 0}}), errc::bad_request);
  }
  auto deep = put_directory(*f.store, {{put_symlink(*f.store, "../../x"), "link", 0}});
  f.refused(put_directory(*f.store, {{deep, "dir", 0}}), errc::bad_request);
  auto inside = put_directory(*f.store, {{put_symlink(*f.store, "../x"), "link", 0}});
  f.write(put_directory(*f.store, {{inside, "dir", 0}}));
  CHECK(fs::read_symlink(f.out() / "it/dir/link") == "../x");
}

TEST_CASE("an entry below a symbolic link is not written through it") {
  fixture f;
  fs::create_directory(f.directory / "victim");
  auto dir = put_directory(*f.store, {{f.file, "file", 0}});
  f.refused(put_directory(*f.store, {{put_symlink(*f.store, "other"), "a", 0}, {dir, "a", 0}}), errc::damaged);
  f.refused(put_directory(*f.store, {{dir, "a", 0}, {put_symlink(*f.store, "other"), "a", 0}}), errc::damaged);
  f.refused(put_directory(*f.store, {{f.file, "a", 0}, {f.file, "a", 0}}), errc::damaged);
}

TEST_CASE("a tree that is not whole leaves nothing behind") {
  fixture f;
  content_id missing(1, codec::raw, hash_of(hash_function::sha2_256, view_of("nowhere")));
  auto dir = put_directory(*f.store, {{f.file, "file", 0}, {missing, "missing", 0}});
  auto why = f.refused(put_directory(*f.store, {{f.file, "a", 0}, {dir, "dir", 0}}), errc::not_found);
  CHECK(why.message().find(missing.to_string()) != std::string::npos);
  auto lying = put_node(*f.store, {{f.file, "", 0}, {f.file, "", 0}}, {.file_size = 15, .block_sizes = {7, 8}});
  f.refused(lying, errc::damaged);
}

TEST_CASE("a disk that fills up or fails leaves nothing behind") {
  fixture f;
  std::vector<pb_link> links;
  for (int i = 0; i < 20; ++i) links.push_back({f.file, "file " + std::to_string(i), 0});
  auto root = put_directory(*f.store, {{put_directory(*f.store, links), "dir", 0}, {f.file, "file", 0}});
  f.files.set_space(50);
  f.refused(root, errc::storage_full);
  f.files.heal();
  f.files.fail(call::write, 5, EIO);
  f.refused(root, errc::io_error);
  f.files.fail(call::mkdir, 1, EROFS);
  f.refused(root, errc::read_only);
  f.files.fail(call::rename, 1, EIO);
  f.refused(root, errc::io_error);
  f.files.heal();
  f.write(root);
}

TEST_CASE("a file larger than the disk is refused before it is written") {
  fixture f;
  auto id = put_raw(*f.store, std::string(1024, 'x'));
  std::uint64_t size = 1024;
  for (int level = 0; level < 40; ++level, size *= 2)
    id = put_node(*f.store, {{id, "", 0}, {id, "", 0}}, {.block_sizes = {size, size}});
  f.refused(id, errc::storage_full);
}

TEST_CASE("a tree that multiplies is stopped at the limit of entries") {
  fixture f;
  auto id = put_directory(*f.store, {});
  for (int level = 0; level < 30; ++level) id = put_directory(*f.store, {{id, "a", 0}, {id, "b", 0}});
  auto why = failure_of([&] { f.write(id, "it", {.entries = 100}); });
  CHECK(why.code() == errc::too_large);
  CHECK(fs::is_empty(f.out()));
}

TEST_CASE("a tree deeper than paths can be is refused") {
  fixture f;
  auto id = f.file;
  for (int level = 0; level < 30; ++level) id = put_directory(*f.store, {{id, std::string(200, 'd'), 0}});
  f.refused(id, errc::bad_request);
}

TEST_CASE("a stopped get leaves nothing behind") {
  fixture f;
  std::stop_source stop;
  stop.request_stop();
  CHECK(failure_of([&] { f.write(put_directory(*f.store, {{f.file, "a", 0}}), "it", {}, stop.get_token()); }).code()
        == errc::cancelled);
  CHECK(fs::is_empty(f.out()));
}

TEST_CASE("stored modes and times are applied without set-user-id") {
  fixture f;
  auto file =
      put_node(*f.store, {}, {.data = view_of("x"), .file_size = 1, .metadata = {06751, unixfs_time{1604320482, 5}}});
  auto old = put_node(*f.store, {}, {.file_size = 0, .metadata = {0, unixfs_time{-101, 750'000'000}}});
  auto link = put_node(*f.store, {},
                       {.type = unixfs_type::symlink, .data = view_of("file"), .metadata = {{}, unixfs_time{-1, 0}}});
  auto inner = put_node(*f.store, {{file, "file", 0}},
                        {.type = unixfs_type::directory, .metadata = {01500, unixfs_time{1604320001, 0}}});
  auto dir = put_node(*f.store, {{inner, "dir", 0}, {file, "file", 0}, {link, "link", 0}, {old, "old", 0}},
                      {.type = unixfs_type::directory, .metadata = {0750, unixfs_time{1604320000, 0}}});
  f.write(dir);
  auto look = [&](const char* path) {
    struct ::stat info{};
    REQUIRE(::lstat((f.out() / path).c_str(), &info) == 0);
    return info;
  };
  CHECK((look("it/file").st_mode & 07777) == 0751);
  CHECK(look("it/file").st_mtim.tv_sec == 1604320482);
  CHECK(look("it/file").st_mtim.tv_nsec == 5);
  CHECK((look("it/old").st_mode & 0600) == 0600); // a mode of 0 says nothing
  CHECK(look("it/old").st_mtim.tv_sec == -101);
  CHECK(look("it/old").st_mtim.tv_nsec == 750'000'000);
  CHECK(look("it/link").st_mtim.tv_sec == -1);
  CHECK((look("it/dir").st_mode & 07777) == 0500);
  CHECK(look("it/dir").st_mtim.tv_sec == 1604320001);
  CHECK((look("it").st_mode & 07777) == 0750);
  CHECK(look("it").st_mtim.tv_sec == 1604320000);
  CHECK(::chmod((f.out() / "it/dir").c_str(), 0700) == 0); // so that it can be removed
}

TEST_CASE("times beyond what a file system keeps harm nothing") {
  fixture f;
  std::vector<pb_link> links;
  for (auto seconds : {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()})
    for (auto type : {unixfs_type::file, unixfs_type::directory, unixfs_type::symlink}) {
      unixfs_node node{.type = type, .metadata = {{}, unixfs_time{seconds, 999'999'999}}};
      if (type == unixfs_type::symlink) node.data = view_of("0");
      links.push_back({put_node(*f.store, {}, node), std::to_string(links.size()), 0});
    }
  f.write(put_directory(*f.store, links));
  CHECK(std::distance(fs::directory_iterator(f.out() / "it"), {}) == 6);
}

TEST_CASE("opening below a directory follows no link and never leaves it") {
  temporary_directory directory;
  write_file(directory / "root/dir/file", "inside");
  write_file(directory / "outside", "outside");
  fs::create_symlink("../outside", directory / "root/link");
  fs::create_symlink("dir", directory / "root/dirlink");
  old_kernel old;
  for (auto* files : {&system_files(), static_cast<file_system*>(&old)}) {
    auto root = open_file(*files, AT_FDCWD, directory / "root", O_RDONLY | O_DIRECTORY, 0, "cannot open");
    auto open = [&](const char* path) {
      return bool(descriptor(files->open_beneath(root.number(), path, O_RDONLY, 0)));
    };
    CHECK(open("dir"));
    CHECK(open("."));
    CHECK(open("dir/file"));
    CHECK_FALSE(open("link"));
    CHECK_FALSE(open("dirlink/file"));
    CHECK_FALSE(open(".."));
    CHECK_FALSE(open("../outside"));
    CHECK_FALSE(open("dir/../../outside"));
    CHECK_FALSE(open((directory / "outside").c_str()));
    CHECK_FALSE(open("absent"));
  }
}
