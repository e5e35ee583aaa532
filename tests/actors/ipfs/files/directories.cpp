// Directories, usual and sharded: written and read again, and hostile ones refused.
#include "actors/ipfs/describe.hpp"
#include "actors/ipfs/files/directory_builder.hpp"
#include "actors/ipfs/files/directory_lister.hpp"
#include "actors/ipfs/files/directory_reader.hpp"
#include "actors/ipfs/files/path.hpp"
#include "actors/ipfs/format/hamt.hpp"
#include "actors/ipfs/store/memory_block_store.hpp"
#include "tests/actors/ipfs/support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;

namespace {

struct fixture {
  memory_block_store store;
  content_id file = put_raw(store, "content");

  content_id write(std::vector<pb_link> entries, import_options options = {}) {
    auto batch = store.begin();
    auto root = write_directory(node_writer(options, *batch), std::move(entries), {});
    batch->commit();
    return root.id;
  }

  std::vector<std::string> list(const content_id& id) {
    std::vector<std::string> names;
    for_each_entry(store, load(store, id), [&](const pb_link& entry) { names.push_back(entry.name); });
    return names;
  }

  /// A shard as it is told, sound or not.
  content_id put_shard(std::vector<pb_link> links, std::string_view bitfield_hex, std::uint64_t fanout = 256,
                       std::uint64_t hash_type = murmur3_x64_64) {
    auto field = *decode_multibase("f" + std::string(bitfield_hex));
    return put_node(
        store, std::move(links),
        {.type = unixfs_type::hamt_shard, .data = bytes_view(field), .hash_type = hash_type, .fanout = fanout});
  }

  void refused(const content_id& id) {
    CHECK(failure_of([&] { list(id); }).code() == errc::damaged);
    CHECK(failure_of([&] { find_entry(store, load(store, id), "name"); }).code() == errc::damaged);
  }
};

import_options always_sharded(std::size_t fanout = 256) {
  import_options options;
  options.hamt_threshold = 1;
  options.hamt_fanout = fanout;
  return options;
}

std::vector<listed_entry> listing(const std::shared_ptr<memory_block_store>& store, const content_id& id) {
  directory_lister entries(store, load(*store, id));
  std::vector<listed_entry> all;
  while (auto entry = entries.next()) all.push_back(std::move(*entry));
  return all;
}

/// A one-bucket bitfield in hexadecimal.
std::string bit(std::size_t index) {
  hamt_bitfield field(256);
  field.set(index);
  return encode_multibase(base::base16, field.to_bytes()).substr(1);
}

} // namespace

TEST_CASE("a directory lists and finds what was put into it") {
  fixture f;
  auto id = f.write({{f.file, "b", 7}, {f.file, "a", 7}, {f.file, "\xc3\xa4", 7}, {f.file, "a b", 7}});
  CHECK(f.list(id) == std::vector<std::string>{"a", "a b", "b", "\xc3\xa4"});
  CHECK(find_entry(f.store, load(f.store, id), "a b")->id == f.file);
  CHECK_FALSE(find_entry(f.store, load(f.store, id), "c"));
  CHECK_FALSE(find_entry(f.store, load(f.store, id), ""));
}

TEST_CASE("a sharded directory lists and finds what was put into it") {
  for (std::size_t fanout : {8u, 16u, 256u, 1024u}) {
    CAPTURE(fanout);
    fixture f;
    std::vector<pb_link> entries;
    std::set<std::string> names;
    for (int i = 0; i < 1000; ++i) {
      auto name = "entry " + std::to_string(i);
      names.insert(name);
      entries.push_back({f.file, name, 7});
    }
    auto id = f.write(entries, always_sharded(fanout));
    auto root = load(f.store, id);
    CHECK(root.unixfs.type == unixfs_type::hamt_shard);
    auto listed = f.list(id);
    CHECK(listed.size() == names.size());
    CHECK(std::set(listed.begin(), listed.end()) == names);
    for (const auto& name : names) CHECK(find_entry(f.store, root, name)->name == name);
    CHECK_FALSE(find_entry(f.store, root, "entry 1000"));
    CHECK_FALSE(find_entry(f.store, root, "00entry 1"));
    std::ranges::reverse(entries);
    CHECK(f.write(entries, always_sharded(fanout)) == id);
  }
}

TEST_CASE("a directory of many thousand entries is written whole") {
  fixture f;
  entry_list entries;
  auto name_of = [](int i) { return std::string(100, 'n') + std::to_string(i); };
  for (int i = 0; i < 12'000; ++i) entries.add(f.file, name_of(i), 7);
  CHECK(entries.size() == 12'000);
  auto batch = f.store.begin();
  auto root = load(f.store, write_directory(node_writer({}, *batch), entries, {}).id);
  CHECK(f.list(root.id).size() == 12'000);
  for (int i = 0; i < 12'000; i += 97) CHECK(find_entry(f.store, root, name_of(i))->tsize == 7);
}

TEST_CASE("a directory is sharded exactly when it outgrows the threshold") {
  fixture f;
  import_options options;
  auto cid_size = f.file.size();
  options.hamt_threshold = 10 * (cid_size + 6);
  std::vector<pb_link> entries;
  for (int i = 0; i < 10; ++i) entries.push_back({f.file, "name-" + std::to_string(i), 7});
  CHECK(load(f.store, f.write(entries, options)).unixfs.type == unixfs_type::directory);
  entries[9].name += "x";
  CHECK(load(f.store, f.write(entries, options)).unixfs.type == unixfs_type::hamt_shard);
}

TEST_CASE("names that could lead elsewhere are not written") {
  fixture f;
  for (std::string name : {std::string(""), std::string("."), std::string(".."), std::string("a/b"), std::string("/"),
                           std::string("a\0b", 3)})
    CHECK(failure_of([&] { f.write({{f.file, name, 7}}); }).code() == errc::bad_request);
}

TEST_CASE("of two entries with one name the first is found") {
  fixture f;
  auto other = put_raw(f.store, "other");
  auto id = put_directory(f.store, {{f.file, "twice", 0}, {other, "twice", 0}});
  CHECK(find_entry(f.store, load(f.store, id), "twice")->id == f.file);
}

TEST_CASE("shards with a fanout beyond the limits are refused") {
  fixture f;
  for (std::uint64_t fanout : {0ull, 1ull, 2ull, 4ull, 7ull, 24ull, 2048ull, 1ull << 32, 1ull << 63})
    f.refused(f.put_shard({}, "", fanout));
}

TEST_CASE("shards with another hash are refused") {
  fixture f;
  f.refused(f.put_shard({}, "", 256, 0x12));
}

TEST_CASE("shards whose bitfield and links disagree are refused") {
  fixture f;
  f.refused(f.put_shard({}, "01"));
  f.refused(f.put_shard({{f.file, "00a", 0}}, ""));
  f.refused(f.put_shard({{f.file, "01a", 0}}, "01"));
  f.refused(f.put_shard({{f.file, "00a", 0}}, std::string(2 * 33, '1')));
  f.refused(f.put_shard({{f.file, "01a", 0}, {f.file, "00b", 0}}, "03"));
  f.refused(f.put_shard({{f.file, "00a", 0}, {f.file, "00b", 0}}, "03"));
}

TEST_CASE("links of a shard without a proper bucket number are refused") {
  fixture f;
  for (std::string name : {"", "0", "0a", "zz", "0", "-1x"}) f.refused(f.put_shard({{f.file, name, 0}}, bit(10)));
  f.refused(f.put_shard({{f.file, "FFname", 0}}, "01", 8));
}

TEST_CASE("entries in a bucket that is not theirs are refused when listed") {
  fixture f;
  auto right = hamt_shape(256).index(hamt_shape::hash("name"), 0);
  auto wrong = (right + 1) % 256;
  auto sound = f.put_shard({{f.file, hamt_shape(256).prefix(right) + "name", 0}}, bit(right));
  CHECK(f.list(sound) == std::vector<std::string>{"name"});
  auto unsound = f.put_shard({{f.file, hamt_shape(256).prefix(wrong) + "name", 0}}, bit(wrong));
  CHECK(failure_of([&] { f.list(unsound); }).code() == errc::damaged);
  CHECK_FALSE(find_entry(f.store, load(f.store, unsound), "name"));
}

TEST_CASE("a shard that stands in many buckets does not multiply") {
  fixture f;
  auto index = hamt_shape(256).index(hamt_shape::hash("name"), 8);
  auto shared = f.put_shard({{f.file, hamt_shape(256).prefix(index) + "name", 0}}, bit(index));
  std::vector<pb_link> links;
  std::string all;
  for (std::size_t i = 0; i < 256; ++i) links.push_back({shared, hamt_shape(256).prefix(i), 0});
  auto id = f.put_shard(links, std::string(64, 'f'));
  CHECK(failure_of([&] { f.list(id); }).code() == errc::damaged);
}

TEST_CASE("empty shards and shards nested beyond the hash are refused") {
  fixture f;
  auto shard = f.put_shard({}, "");
  CHECK(f.list(shard).empty());
  auto above = f.put_shard({{shard, "00", 0}}, "01");
  CHECK(failure_of([&] { f.list(above); }).code() == errc::damaged);
  auto path = hamt_shape::hash("name");
  for (unsigned depth = 0; depth < 10; ++depth) {
    auto index = hamt_shape(256).index(path, 8 * (depth % 8));
    shard = f.put_shard({{shard, hamt_shape(256).prefix(index), 0}}, bit(index));
  }
  CHECK(failure_of([&] { f.list(shard); }).code() == errc::damaged);
}

TEST_CASE("shards of different fanouts do not mix") {
  fixture f;
  auto hash = hamt_shape::hash("name");
  auto inner = f.put_shard({{f.file, hamt_shape(16).prefix(hamt_shape(16).index(hash, 8)) + "name", 0}},
                           encode_multibase(base::base16,
                                            [&] {
                                              hamt_bitfield field(16);
                                              field.set(hamt_shape(16).index(hash, 8));
                                              return field.to_bytes();
                                            }())
                               .substr(1),
                           16);
  auto index = hamt_shape(256).index(hash, 0);
  f.refused(f.put_shard({{inner, hamt_shape(256).prefix(index), 0}}, bit(index)));
}

TEST_CASE("a missing shard is named") {
  fixture f;
  content_id missing(1, codec::dag_pb, hash_of(hash_function::sha2_256, view_of("nowhere")));
  auto index = hamt_shape(256).index(hamt_shape::hash("name"), 0);
  auto id = f.put_shard({{missing, hamt_shape(256).prefix(index), 0}}, bit(index));
  auto why = failure_of([&] { f.list(id); });
  CHECK(why.code() == errc::not_found);
  CHECK(why.message().find(missing.to_string()) != std::string::npos);
}

TEST_CASE("paths lead through directories and shards") {
  fixture f;
  auto inner = f.write({{f.file, "file", 7}}, always_sharded());
  auto root = f.write({{inner, "dir", 7}, {f.file, "top", 7}});
  auto at = [&](const std::string& rest) { return resolve(f.store, content_path::parse(root.to_string() + rest)); };
  CHECK(at("") == root);
  CHECK(at("/") == root);
  CHECK(at("/dir") == inner);
  CHECK(at("/dir/file") == f.file);
  CHECK(at("/dir/file/") == f.file);
  CHECK(resolve(f.store, content_path::parse("/ipfs/" + root.to_string() + "/top")) == f.file);
  CHECK(resolve(f.store, content_path::parse("ipfs://" + root.to_string() + "/top")) == f.file);
  CHECK(failure_of([&] { at("/nothing"); }).code() == errc::not_found);
  CHECK(failure_of([&] { at("/top/below"); }).code() == errc::bad_request);
  CHECK(failure_of([&] { at("/dir/file/below"); }).code() == errc::bad_request);
}

TEST_CASE("paths that are none are refused") {
  auto code = [](std::string_view text) { return failure_of([&] { content_path::parse(text); }).code(); };
  const std::string id = "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN";
  for (const auto& text : {std::string(""), std::string("/"), std::string("/ipfs/"), "/" + id, id + "//a", id + "/a//b",
                           id + "/../a", id + "/a/.", id + "/a/..", id + std::string("/a\0b", 4), "/ipfs//" + id})
    CHECK(code(text) == errc::bad_request);
  CHECK(code("/ipns/example.org") == errc::unsupported);
  CHECK(code(id + "/" + std::string(20'000, 'x')) == errc::bad_request);
}

TEST_CASE("a listing tells each entry's kind, size, mode and time") {
  for (std::uint64_t threshold : {0u, 1u}) {
    auto store = std::make_shared<memory_block_store>();
    auto raw = put_raw(*store, "content");
    auto file = put_node(*store, {}, {.data = view_of("text"), .file_size = 4, .metadata = {0640, unixfs_time{-7, 5}}});
    auto inner = put_node(*store, {}, {.type = unixfs_type::directory, .metadata = {0, {}}});
    auto link = put_symlink(*store, "raw");
    import_options options;
    options.hamt_threshold = threshold;
    auto batch = store->begin();
    auto root = write_directory(node_writer(options, *batch),
                                {{raw, "raw", 7}, {file, "file", 12}, {inner, "dir", 4}, {link, "link", 9}}, {});
    std::map<std::string, listed_entry> listed;
    for (auto& e : listing(store, root.id)) listed[e.name] = e;
    CHECK(listed.size() == 4);
    CHECK(listed["raw"].kind == ipfs::kind::raw);
    CHECK(listed["raw"].size == 7);
    CHECK(listed["raw"].id == raw);
    CHECK(listed["file"].kind == ipfs::kind::file);
    CHECK(listed["file"].size == 4);
    CHECK(listed["file"].tsize == 12);
    CHECK(listed["file"].metadata == unixfs_metadata{0640, unixfs_time{-7, 5}});
    CHECK(listed["dir"].kind == ipfs::kind::directory);
    CHECK(listed["dir"].size == 0);
    CHECK(listed["dir"].metadata.empty());
    CHECK(listed["link"].kind == ipfs::kind::symlink);
    CHECK(listed["link"].target == "raw");
    CHECK(listed["link"].size == 3);
  }
}

TEST_CASE("a listing that resolves nothing reads no entry") {
  auto store = std::make_shared<memory_block_store>();
  content_id missing(1, codec::dag_pb, hash_of(hash_function::sha2_256, view_of("nowhere")));
  content_id chunk(1, codec::raw, hash_of(hash_function::sha2_256, view_of("nowhere")));
  auto root = put_directory(*store, {{chunk, "chunk", 9}, {missing, "missing", 5}});
  directory_lister plain(store, load(*store, root), false);
  auto first = plain.next();
  CHECK(first->kind == ipfs::kind::raw);
  CHECK(first->size == 9);
  auto second = plain.next();
  CHECK_FALSE(second->kind);
  CHECK(second->tsize == 5);
  CHECK_FALSE(plain.next());

  directory_lister resolving(store, load(*store, root));
  CHECK(resolving.next()->name == "chunk");
  auto why = failure_of([&] { resolving.next(); });
  CHECK(why.code() == errc::not_found);
  CHECK(why.message().find(missing.to_string()) != std::string::npos);
  CHECK_FALSE(resolving.next());
}

TEST_CASE("a file lists its parts and a link nothing") {
  auto store = std::make_shared<memory_block_store>();
  auto part = put_raw(*store, "part");
  auto file = put_node(*store, {{part, "", 4}, {part, "", 4}}, {.file_size = 8, .block_sizes = {4, 4}});
  std::vector<std::uint64_t> sizes;
  for (auto& e : listing(store, file)) {
    CHECK(e.name.empty());
    sizes.push_back(e.size);
  }
  CHECK(sizes == std::vector<std::uint64_t>{4, 4});
  auto lying = put_node(*store, {{part, "", 4}}, {.file_size = 8, .block_sizes = {4}});
  CHECK(failure_of([&] { directory_lister(store, load(*store, lying)); }).code() == errc::damaged);
  auto link = put_symlink(*store, "x");
  CHECK(failure_of([&] { directory_lister(store, load(*store, link)); }).code() == errc::bad_request);
}

TEST_CASE("a listing of a hostile shard gives what was right before it") {
  fixture f;
  auto hash = hamt_shape::hash("name");
  auto right = hamt_shape(256).index(hash, 0);
  auto other = (right + 1) % 256;
  auto first = std::min(right, other);
  auto second = std::max(right, other);
  hamt_bitfield field(256);
  field.set(first);
  field.set(second);
  auto store = std::make_shared<memory_block_store>();
  auto entry = [&](std::size_t index) {
    return pb_link{put_raw(*store, "x"), hamt_shape(256).prefix(index) + "name", 0};
  };
  auto data = field.to_bytes();
  auto id =
      put_node(*store, {entry(first), entry(second)},
               {.type = unixfs_type::hamt_shard, .data = bytes_view(data), .hash_type = murmur3_x64_64, .fanout = 256});
  directory_lister lister(store, load(*store, id));
  auto listed = 0;
  auto why = failure_of([&] {
    while (lister.next()) ++listed;
  });
  CHECK(why.code() == errc::damaged);
  CHECK(listed == (right < other ? 1 : 0));
}

TEST_CASE("a directory whose links claim more than there can be is listed and not described") {
  auto store = std::make_shared<memory_block_store>();
  auto part = put_node(*store, {}, {.data = view_of("text"), .file_size = 4});
  auto root = put_directory(*store, {{part, "a", ~std::uint64_t{0}}, {part, "b", ~std::uint64_t{0}}});
  CHECK(failure_of([&] { describe(load(*store, root)); }).code() == errc::damaged);
  std::uint64_t size = 0;
  for (auto& e : listing(store, root)) size += e.size;
  CHECK(size == 8);
}
