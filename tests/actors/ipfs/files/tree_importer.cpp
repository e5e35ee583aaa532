// Trees from the disk: the CIDs that Kubo 0.39 gives them with its options, and what is told on the way.
#include "actors/ipfs/files/tree_importer.hpp"

#include "actors/ipfs/files/directory_reader.hpp"
#include "actors/ipfs/files/tree_writer.hpp"
#include "actors/ipfs/store/memory_block_store.hpp"
#include "tests/actors/ipfs/support.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;
namespace fs = std::filesystem;

namespace {

void set_times(const fs::path& path, std::int64_t seconds, long nanoseconds) {
  timespec times[2]{{.tv_sec = 0, .tv_nsec = 0}, {.tv_sec = seconds, .tv_nsec = nanoseconds}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}

void set_attributes(const fs::path& path, mode_t mode, std::int64_t seconds, long nanoseconds) {
  REQUIRE(::chmod(path.c_str(), mode) == 0);
  set_times(path, seconds, nanoseconds);
}

struct fixture {
  temporary_directory directory;
  std::shared_ptr<memory_block_store> store = std::make_shared<memory_block_store>();
  thread_pool pool{2};
  std::vector<std::string> told = {};

  /// A small tree with everything that can make a difference.
  void make_box() {
    auto box = directory / "box";
    write_file(box / "a.txt", "alpha\n");
    write_file(box / "empty", "");
    write_file(box / "big", noise(600'000));
    fs::create_symlink("a.txt", box / "link");
    write_file(box / "sub/.hidden", "h\n");
    write_file(box / "sub/set", "s\n");
    write_file(box / "sub/none", "n\n");
    write_file(box / "sub/deep/x", "x");
    fs::create_directory(box / "vacant");
    set_attributes(box / "a.txt", 0644, 1600000000, 0);
    set_attributes(box / "empty", 0600, -1, 0);
    set_attributes(box / "big", 0755, 1, 1);
    set_times(box / "link", 1500000000, 7);
    set_attributes(box / "sub/.hidden", 0400, 12, 0);
    set_attributes(box / "sub/set", 04755, 13, 0);
    set_attributes(box / "sub/none", 0440, 14, 0);
    set_attributes(box / "sub/deep/x", 02711, 15, 0);
    set_attributes(box / "sub/deep", 01777, -101, 750'000'000);
    set_attributes(box / "sub", 0700, 0, 0);
    set_attributes(box / "vacant", 0555, 16, 0);
    set_attributes(box, 0755, 1700000000, 500'000'000);
  }

  imported add(const std::vector<fs::path>& paths, const import_request& request, tree_options options, bool wrap) {
    auto batch = store->begin();
    node_writer writer(make_import_options(request), *batch);
    tree_importer importer(system_files(), writer, pool, options, {}, [&](const import_progress& p) {
      auto size = p.done ? " " + std::to_string(p.done->tsize) : "";
      told.push_back(std::string(p.name) + " " + std::to_string(p.bytes) + size);
    });
    auto out = wrap ? importer.add_wrapped(paths) : importer.add(paths.at(0));
    batch->commit();
    return out;
  }
};

/// What was added how, and the CID that it got from Kubo.
struct sample {
  import_request request = {};
  bool hidden;
  std::vector<std::string> wrapped; ///< paths; none for the tree itself
  const char* cid;
};

const sample box_samples[] = {
    {{}, false, {}, "Qmaa6rmWX22fsYAjGu9su9XLrDgMTLCzH1cTTiQCgohshA"},
    {{}, true, {}, "QmV1CnhfZ1DTC131BZ9JebxxuAWnQgDzSNqYBixRFmeRGF"},
    {{.cid_version = 1}, false, {}, "bafybeibvv6wa2ly7qdwil2prbusz2pjz43kw4ahvwknkdxqjvufah5qwdq"},
    {{.cid_version = 1}, true, {}, "bafybeic3jg5qjlkwsjzwb5fifwcs77p5ocawo5roitjt36jyumdpl5ze5e"},
    {{.preserve_mode = true}, false, {}, "QmYzoaBgGSPvqj35bamBAKhpMbaD2zd7eFMJGPAKMS86oB"},
    {{.preserve_mode = true}, true, {}, "QmP7ZKAgawVKWuaWDFFGFHCVJSszfVmuHuuWsuHRPwFYxj"},
    {{.preserve_mtime = true}, false, {}, "QmPAGNYqUfrQPEHMkQrXhEJTbxUV8K8kWGGagdJBcosQoP"},
    {{.preserve_mtime = true}, true, {}, "QmYoQzsC9xtdXjDekGW668e5T4UhLbQVpbq6KvnrM4sETT"},
    {{.preserve_mode = true, .preserve_mtime = true}, false, {}, "QmPKUy2VDee9h2RxDJAauDnkpuRZTmgFnPwDH8S5T6Door"},
    {{.preserve_mode = true, .preserve_mtime = true}, true, {}, "QmfT4asMWKLV69HUPFmhuw6BAj6xHbSGu4GkipWCQjpnHT"},
    {{.cid_version = 1, .preserve_mode = true, .preserve_mtime = true},
     false,
     {},
     "bafybeiep4cighkfcyuzsk6ilaavulfszkzqpbczqci767wv67z36kz462a"},
    {{.cid_version = 1, .preserve_mode = true, .preserve_mtime = true},
     true,
     {},
     "bafybeib7ncpjezjeycyiabogapv5ox6ssgtqkt5ob2dbthfkynxad56wle"},
    {{.mode = 0640}, false, {}, "QmXMh4kQ22gozprQ4iYU1sd1J3dsHLXFUs42rFVnEW7VMf"},
    {{.mode = 0640}, true, {}, "QmYUAZqkkgbZErg8g6gRJ27jRg387E2aVUFi2m62S1qrFd"},
    {{.mtime = unixfs_time{5, 0}}, false, {}, "QmaNSczNYRQ8oWrNkXJDvgSgdKuoRaDVZYZGKbJqze4ntg"},
    {{.mtime = unixfs_time{5, 0}}, true, {}, "Qma2DK7rgPwkNwCoxjqvZ4YyMmfZ6brchYXFdfsoC4vBan"},
    {{.mode = 0640, .mtime = unixfs_time{-7, 9}}, false, {}, "QmUZHHGWfLHkarrErf4BUeUuYnV25yUenwVLCuo9kqwqAy"},
    {{.mode = 0640, .mtime = unixfs_time{-7, 9}}, true, {}, "QmanqpeWN3LgjV4x9pG5YtCK5ramptqKoMwkxJjPm7ov7V"},
    {{.mode = 0640, .preserve_mode = true, .preserve_mtime = true},
     false,
     {},
     "QmTu7nN1GP43nUEBNWDWKLXbhvAQ37fzxRPKBskbAdETtW"},
    {{.mode = 0640, .preserve_mode = true, .preserve_mtime = true},
     true,
     {},
     "QmSNnjDLd936gfqBYfYyfgvG6gXVqptqxPXsyDXAYJCbB5"},
    {{.inline_limit = 32}, false, {}, "QmSuxZg1nRdmBLHqxebmikvPrPRnvW8Hm6e7mEVa881rXm"},
    {{.inline_limit = 32}, true, {}, "QmdhqER3eVFPRaaeHGqiyNgNtctf9baVzMrFZJcTNChR8F"},
    {{.cid_version = 1, .inline_limit = 64}, false, {}, "bafybeiaxhdjjovvepczgtyux72ecws2d47umnbud7lrpjg3yrj5nijwxsi"},
    {{.cid_version = 1, .inline_limit = 64}, true, {}, "bafybeidw52ksjxa552646jl35b3jdlopfdycvoqzs6oagtsa6piqhndyiu"},
    {{.trickle = true, .inline_limit = 128}, false, {}, "QmPxG4aiPRiwebgiy3F4iZH2v1X9Dzg86rHqdi9CYJZrHS"},
    {{.trickle = true, .inline_limit = 128}, true, {}, "QmdqKUty1UaR7a4dkwZJT31EvUXjpqpWcrxnq1RFSQew87"},
    {{.inline_limit = 128, .preserve_mtime = true}, false, {}, "QmVrED6P4b5xcAbJ9s7PqSzzqv3SinomvADks3p1FkKzMm"},
    {{.inline_limit = 128, .preserve_mtime = true}, true, {}, "QmdHsU6xTTf5vzaczzqVyB3b5w9pBk2TfFRmSzAVwuFEPQ"},
    {{.hash = "blake3"}, false, {}, "bafyb4icxn5mebyvjxlh7gc3gehuujndpjan2aoq3zaenzvlqi7nhfs34da"},
    {{.hash = "blake3"}, true, {}, "bafyb4icvkpxxft2mavotdmjtfu6eyrqfava6appfeamcphrhpwsylztur4"},
    {{.cid_version = 1, .chunker = "rabin", .trickle = true, .preserve_mode = true},
     false,
     {},
     "bafybeieft2cyqmplsq6zk56gsvfxkmptlygmvcbckg4cryrhw575ci6hbm"},
    {{.cid_version = 1, .chunker = "rabin", .trickle = true, .preserve_mode = true},
     true,
     {},
     "bafybeih6dbvaeeqkuvbgsycxbxckymuxmumgspuhzdcafn55qck7lwfx6i"},
};

const sample wrap_samples[] = {
    {{}, false, {"box/a.txt", "box/sub", "box/link"}, "QmWxdkJbXZ8T1RrvLofueSjN4FhnTjMA2g6kM64LEK3deg"},
    {{}, false, {"box/a.txt"}, "QmV5anmMJRcGYMfCoAsBr3NS4JC1Ahv3CeBKCq8ZDzvW3U"},
    {{}, false, {"box"}, "QmRonXgbPVc7NfRHpLtYkC1v5BbJjgSrFKmUV7x1B6uC64"},
    {{.preserve_mode = true},
     false,
     {"box/a.txt", "box/sub", "box/link"},
     "QmebnkhQ1C7JA5Hpib2eFnoX9Hqn6VMaCg3Qh1yucSGkUG"},
    {{.preserve_mode = true}, false, {"box/a.txt"}, "QmSguHKiYJvHphT9Rg2vPwKPUrjs51weZoMYN3HdgD1cwf"},
    {{.preserve_mode = true}, false, {"box"}, "QmfY8vMJZmb3L7Sxc7wZcv9u2zbojFYwAqwtJaTKDn3uuz"},
    {{.mode = 0640, .mtime = unixfs_time{5, 0}},
     false,
     {"box/a.txt", "box/sub", "box/link"},
     "Qmaci9JLbKSvXVeN1gX6TY6vhXdikQV7tStLS62VRHbyN5"},
    {{.mode = 0640, .mtime = unixfs_time{5, 0}},
     false,
     {"box/a.txt"},
     "QmT44V4GG79FkrETcQpXsgZC1GdtA9RYjipJ9ix7SNbPwm"},
    {{.mode = 0640, .mtime = unixfs_time{5, 0}}, false, {"box"}, "QmSjejr7Rq4An1ZZev7KeszgJ6ENxby3SXMnuT6mtMPA1C"},
    {{.inline_limit = 100},
     false,
     {"box/a.txt", "box/sub", "box/link"},
     "QmZmtFpKAbowS9S64oDn2MazHjUZfUqn4atHMyWHvB4CFw"},
    {{.inline_limit = 100}, false, {"box/a.txt"}, "bafyaaiysdufbealqaahaudaiaijamylmobugccqyayjakyjoor4higaobibaqai"},
    {{.inline_limit = 100},
     false,
     {"box"},
     "bafyaamysfufceerat5d3dzzzhlgiyytgdep2skslzuvzzk52blfmce337ue5wmdbjqybea3cn54brsgueqfaecab"},
};

const sample wide_samples[] = {
    {{}, false, {}, "QmYCkGMXWrfJxHUCtX4sGSBRmJsNg1wQMRpeqvq7fKrsrX"},
    {{.preserve_mode = true, .preserve_mtime = true}, false, {}, "QmbGJfM814R2RucHo4wJYtpnM3ndHT6a9yHdhPQTfdVFFM"},
    {{.mode = 0640, .mtime = unixfs_time{5, 0}}, false, {}, "QmdN7UG5aL1wJ22e5PjyWLbvU1zqZ9wyjzaGa6YG51yNyG"},
    {{.inline_limit = 128}, false, {}, "QmRLs74h5sghi33BQHe1ohzwLP3G77ePyjjQxADXMLWbpN"},
    {{.cid_version = 1, .inline_limit = 128, .preserve_mtime = true},
     false,
     {},
     "bafybeigq5h3ksnjflbqy337wxa67bybykdjzqg3gxil7fg6sf6vlospe7a"},
};

} // namespace

TEST_CASE("a tree gets the CID that Kubo gives it with every option") {
  fixture f;
  f.make_box();
  for (const auto& s : box_samples) {
    CAPTURE(s.cid);
    CHECK(f.add({f.directory / "box"}, s.request, {.hidden = s.hidden}, false).id.to_string() == s.cid);
  }
}

TEST_CASE("what is wrapped gets the CID that Kubo gives it") {
  fixture f;
  f.make_box();
  for (const auto& s : wrap_samples) {
    CAPTURE(s.cid);
    std::vector<fs::path> paths;
    for (const auto& path : s.wrapped) paths.push_back(f.directory / path);
    CHECK(f.add(paths, s.request, {.hidden = s.hidden}, true).id.to_string() == s.cid);
  }
}

TEST_CASE("a sharded directory gets the CID that Kubo gives it with every option") {
  fixture f;
  auto wide = f.directory / "wide";
  for (int i = 0; i < 1200; ++i) {
    auto number = std::to_string(i);
    auto file = wide / (std::string(4 - number.size(), '0') + number + std::string(200, 'x'));
    write_file(file, number + "\n");
    set_attributes(file, 0644, i, 0);
  }
  set_attributes(wide, 0750, 77, 0);
  for (const auto& s : wide_samples) {
    CAPTURE(s.cid);
    CHECK(f.add({wide}, s.request, {}, false).id.to_string() == s.cid);
  }
}

TEST_CASE("a directory without permissions keeps a mode of 0 and a file does not") {
  if (::geteuid() != 0) return; // nobody else can read them
  fixture f;
  write_file(f.directory / "zero/file", "n\n");
  fs::create_directory(f.directory / "zero/dir");
  set_attributes(f.directory / "zero/file", 0, 0, 0);
  set_attributes(f.directory / "zero/dir", 0, 0, 0);
  set_attributes(f.directory / "zero", 0755, 0, 0);
  CHECK(f.add({f.directory / "zero"}, {.preserve_mode = true}, {}, false).id.to_string()
        == "QmS4MyQm4rS9GihTUiw5UsMxEkzgPGDadEe9fWSebBt8tu");
}

TEST_CASE("a tree is written back with its modes and times, inlined or not") {
  fixture f;
  f.make_box();
  fs::create_directory(f.directory / "out");
  for (auto limit : {std::optional<std::size_t>(), std::optional<std::size_t>(128)})
    for (bool trickle : {false, true}) {
      import_request request{.trickle = trickle, .inline_limit = limit, .preserve_mode = true, .preserve_mtime = true};
      auto root = f.add({f.directory / "box"}, request, {.hidden = true}, false).id;
      auto name = root.to_string();
      auto workers = std::make_shared<thread_pool>(2);
      tree_writer(system_files(), f.store, {}, {}, workers).write(root, f.directory / "out", name);
      CHECK(read_file(f.directory / "out" / name / "big") == noise(600'000));
      // What the writer never sets is what the tree then lacks: the bits above the permissions.
      for (const auto* path : {"sub/set", "sub/deep/x", "sub/deep"}) {
        auto copy = f.directory / "out" / name / path;
        struct ::stat info{};
        struct ::stat original{};
        REQUIRE(::lstat(copy.c_str(), &info) == 0);
        REQUIRE(::lstat((f.directory / "box" / path).c_str(), &original) == 0);
        CHECK((info.st_mode & 07777) == (original.st_mode & 0777));
        set_attributes(copy, original.st_mode & 07777, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
      }
      CHECK(f.add({f.directory / "out" / name}, request, {.hidden = true}, false).id == root);
    }
}

TEST_CASE("progress tells of files as they are read and of directories behind them") {
  fixture f;
  write_file(f.directory / "box/b", noise(600'000));
  write_file(f.directory / "box/a/x", "x");
  write_file(f.directory / "box/a/deep/y", "yy");
  fs::create_symlink("b", f.directory / "box/c");
  f.add({f.directory / "box/"}, {}, {}, false);
  CHECK(f.told
        == std::vector<std::string>{"box/a/deep/y 2 10", "box/a/x 1 9", "box/b 262144", "box/b 524288",
                                    "box/b 600000 600194", "box/c 0 7", "box/a/deep 0 57", "box/a 0 159",
                                    "box 0 600496"});
  f.told.clear();
  f.add({f.directory / "box/a/x"}, {}, {}, false);
  CHECK(f.told == std::vector<std::string>{"x 1 9"});
  f.told.clear();
  f.add({f.directory / "box/a/x", f.directory / "box/a/deep/"}, {}, {}, true);
  CHECK(f.told == std::vector<std::string>{"deep/y 2 10", "x 1 9", "deep 0 57", " 0 159"});
}

TEST_CASE("an end of the import by its callback leaves the importer usable") {
  fixture f;
  write_file(f.directory / "box/a/x", "x");
  write_file(f.directory / "box/b", noise(600'000));
  auto batch = f.store->begin();
  node_writer writer({}, *batch);
  bool fails = true;
  auto directories = 0;
  tree_importer importer(system_files(), writer, f.pool, {}, {}, [&](const import_progress& p) {
    if (fails && p.name == "box/b") throw failure(errc::cancelled, "enough");
    if (p.done && p.name.find("/b") == p.name.npos && !p.name.ends_with("/x")) ++directories;
  });
  CHECK(failure_of([&] { importer.add(f.directory / "box"); }) == failure(errc::cancelled, "enough"));
  fails = false;
  CHECK(importer.add(f.directory / "box").id == f.add({f.directory / "box"}, {}, {}, false).id);
  CHECK(directories == 2);
}

TEST_CASE("paths that cannot be wrapped together are refused before anything is read") {
  fixture f;
  write_file(f.directory / "a/same", "1");
  write_file(f.directory / "b/same", "2");
  auto why = failure_of([&] { f.add({f.directory / "a/same", f.directory / "b/same"}, {}, {}, true); });
  CHECK(why.code() == errc::bad_request);
  CHECK(why.message().find("\"same\"") != std::string::npos);
  CHECK(failure_of([&] { f.add({"/"}, {}, {}, true); }).code() == errc::bad_request);
  CHECK(f.told.empty());
  auto root = f.add({f.directory / "a/same", f.directory / "b"}, {}, {}, true);
  std::vector<std::string> names;
  for_each_entry(*f.store, load(*f.store, root.id), [&](const pb_link& entry) { names.push_back(entry.name); });
  CHECK(names == std::vector<std::string>{"b", "same"});
}
