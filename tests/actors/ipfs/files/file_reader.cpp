// Files read piece by piece, whole and in part; DAGs that lie about themselves are refused.
#include "actors/ipfs/files/file_reader.hpp"

#include "actors/ipfs/files/file_importer.hpp"
#include "actors/ipfs/store/memory_block_store.hpp"
#include "tests/actors/ipfs/support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <future>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;

namespace {

struct fixture {
  std::shared_ptr<memory_block_store> store = std::make_shared<memory_block_store>();
  std::shared_ptr<thread_pool> workers = std::make_shared<thread_pool>(2);
  thread_pool& pool = *workers;

  imported import(std::string_view content, import_options options = {}) {
    auto batch = store->begin();
    node_writer writer(options, *batch);
    return file_importer(writer, pool).import([&](std::span<std::byte> to) {
      auto size = std::min(to.size(), content.size());
      std::memcpy(to.data(), content.data(), size);
      content.remove_prefix(size);
      return size;
    });
  }

  std::string read(const content_id& id, std::uint64_t offset = 0, std::optional<std::uint64_t> length = {}) {
    auto alone = read_with(nullptr, id, offset, length);
    CHECK(read_with(workers, id, offset, length) == alone);
    return alone;
  }

  std::string read_with(std::shared_ptr<thread_pool> helpers, const content_id& id, std::uint64_t offset,
                        std::optional<std::uint64_t> length) {
    file_reader reader(store, load(*store, id), offset, length, std::move(helpers));
    std::string out;
    while (auto piece = reader.next()) out += text_of(*piece);
    return out;
  }

  content_id put_file(std::vector<content_id> parts, std::vector<std::uint64_t> sizes,
                      std::optional<std::uint64_t> file_size = {}, std::string_view data = {}) {
    std::vector<pb_link> links;
    for (auto& part : parts) links.push_back({part, "", 0});
    unixfs_node node{.file_size = file_size, .block_sizes = std::move(sizes)};
    if (!data.empty()) node.data = view_of(data);
    return put_node(*store, links, node);
  }

  void refused(const content_id& id, errc code = errc::damaged) {
    CHECK(failure_of([&] { read(id); }).code() == code);
    CHECK(failure_of([&] { read_with(workers, id, 0, {}); }).code() == code);
  }
};

} // namespace

TEST_CASE("a file is read as it was written whatever its size and options") {
  fixture f;
  import_options v1;
  v1.cid_version = 1;
  for (auto options : {import_options(), v1})
    for (std::size_t size : {0u, 1u, 9u, 10u, 11u, 100u, 1740u, 1741u, 30'277u}) {
      options.chunker = chunker::fixed(10);
      options.max_links = 7;
      auto content = noise(size);
      auto added = f.import(content, options);
      CHECK(added.size == size);
      CHECK(f.read(added.id) == content);
    }
}

TEST_CASE("any part of a file can be read") {
  fixture f;
  import_options options;
  options.chunker = chunker::fixed(10);
  options.max_links = 3;
  auto content = noise(305);
  auto id = f.import(content, options).id;
  for (std::uint64_t offset = 0; offset <= 310; offset += 7)
    for (std::uint64_t length : {0u, 1u, 9u, 10u, 11u, 95u, 1000u}) {
      auto wanted = offset < content.size() ? content.substr(offset, length) : "";
      CHECK(f.read(id, offset, length) == wanted);
    }
  CHECK(f.read(id, ~std::uint64_t{0}).empty());
  CHECK(f.read(id, 300, ~std::uint64_t{0}) == content.substr(300));
}

TEST_CASE("only the blocks of the wanted part are read") {
  fixture f;
  content_id missing(1, codec::raw, hash_of(hash_function::sha2_256, view_of("nowhere")));
  auto here = put_raw(*f.store, "here");
  auto id = f.put_file({missing, here, missing}, {5, 4, 5});
  CHECK(f.read(id, 5, 4) == "here");
  CHECK(f.read(id, 6, 2) == "er");
  f.refused(id, errc::not_found);
}

TEST_CASE("pieces are never larger than a MiB") {
  fixture f;
  import_options options;
  options.cid_version = 1;
  options.chunker = chunker::fixed((2 << 20) - 256);
  auto content = noise(3 << 20);
  auto id = f.import(content, options).id;
  file_reader reader(f.store, load(*f.store, id), 0, {});
  std::string read;
  while (auto piece = reader.next()) {
    CHECK(piece->size() <= largest_piece);
    read += text_of(*piece);
  }
  CHECK(read == content);
}

TEST_CASE("a node with content of its own gives that before its links") {
  fixture f;
  auto part = put_raw(*f.store, "world");
  auto id = f.put_file({part}, {5}, 11, "hello ");
  CHECK(f.read(id) == "hello world");
  CHECK(f.read(id, 3, 5) == "lo wo");
  CHECK(f.read(id, 7) == "orld");
}

TEST_CASE("files that contradict themselves are refused") {
  fixture f;
  auto part = put_raw(*f.store, "part");
  f.refused(f.put_file({part}, {}));
  f.refused(f.put_file({part}, {4, 4}));
  f.refused(f.put_file({part}, {4}, 5));
  f.refused(f.put_file({part}, {3}));
  f.refused(f.put_file({part}, {5}));
  f.refused(f.put_file({part, part}, {~std::uint64_t{0}, 1}));
  f.refused(f.put_file({put_directory(*f.store, {})}, {4}));
  f.refused(f.put_file({put_symlink(*f.store, "part")}, {4}));
  f.refused(put_node(*f.store, {}, {.data = view_of("part"), .file_size = 5}));
}

TEST_CASE("what was right before a refused part is still given") {
  fixture f;
  auto part = put_raw(*f.store, "part");
  auto id = f.put_file({part, f.put_file({part}, {5})}, {4, 5});
  for (const auto& helpers : {f.workers, std::shared_ptr<thread_pool>()}) {
    file_reader reader(f.store, load(*f.store, id), 0, {}, helpers);
    CHECK(text_of(*reader.next()) == "part");
    CHECK(failure_of([&] { reader.next(); }).code() == errc::damaged);
    CHECK_FALSE(reader.next());
  }
}

TEST_CASE("a trickle DAG is read in the order of its content") {
  fixture f;
  import_options options;
  options.chunker = chunker::fixed(10);
  options.max_links = 3;
  options.layout = file_layout::trickle;
  for (std::size_t size : {0u, 1u, 10u, 31u, 500u, 5'000u}) {
    auto content = noise(size);
    auto id = f.import(content, options).id;
    CHECK(f.read(id) == content);
    if (size > 40) CHECK(f.read(id, 33, size - 40) == content.substr(33, size - 40));
  }
}

namespace {

/// Counts the blocks that are read.
class counting_store final : public memory_block_store {
public:
  std::optional<bytes> get(const content_id& id) override {
    ++reads;
    return memory_block_store::get(id);
  }
  std::atomic<std::size_t> reads = 0;
};

void wait_for(thread_pool& pool) {
  std::promise<void> reached;
  pool.submit([&] { reached.set_value(); });
  reached.get_future().wait();
}

} // namespace

TEST_CASE("no more than is wanted and no more than eight blocks are read ahead") {
  auto store = std::make_shared<counting_store>();
  auto pool = std::make_shared<thread_pool>(1);
  std::vector<pb_link> links;
  std::vector<std::uint64_t> sizes;
  for (int i = 0; i < 100; ++i) {
    links.push_back({put_raw(*store, "part " + std::to_string(1000 + i)), "", 0});
    sizes.push_back(9);
  }
  auto id = put_node(*store, links, {.file_size = 900, .block_sizes = sizes});
  {
    file_reader reader(store, load(*store, id), 0, {}, pool);
    CHECK(text_of(*reader.next()) == "part 1000");
    wait_for(*pool);
    CHECK(store->reads == 1 + 1 + 8);
    CHECK(text_of(*reader.next()) == "part 1001");
    wait_for(*pool);
    CHECK(store->reads == 1 + 2 + 8);
  }
  store->reads = 0;
  file_reader reader(store, load(*store, id), 13, 20, pool);
  std::string out;
  while (auto piece = reader.next()) out += text_of(*piece);
  CHECK(out == " 1001part 1002part 1");
  wait_for(*pool);
  CHECK(store->reads == 1 + 3);
}

TEST_CASE("a reader that ends early leaves what nobody has begun to read") {
  auto store = std::make_shared<counting_store>();
  auto pool = std::make_shared<thread_pool>(1);
  std::vector<pb_link> links;
  std::vector<std::uint64_t> sizes;
  for (int i = 0; i < 9; ++i) links.push_back({put_raw(*store, std::to_string(i)), "", 0}), sizes.push_back(1);
  auto id = put_node(*store, links, {.file_size = 9, .block_sizes = sizes});
  std::promise<void> go;
  pool->submit([wait = go.get_future().share()] { wait.wait(); }); // the pool has something else to do
  {
    file_reader reader(store, load(*store, id), 0, {}, pool);
    CHECK(text_of(*reader.next()) == "0"); // and delays nobody
    CHECK(text_of(*reader.next()) == "1");
  }
  go.set_value();
  wait_for(*pool);
  CHECK(store->reads == 1 + 2);
}

TEST_CASE("a file nested beyond measure is refused") {
  fixture f;
  auto id = put_raw(*f.store, "x");
  for (int depth = 0; depth < 60; ++depth) id = f.put_file({id}, {1});
  CHECK(f.read(id) == "x");
  for (int depth = 0; depth < 10; ++depth) id = f.put_file({id}, {1});
  f.refused(id);
}

TEST_CASE("parts without content cost nothing however many they are") {
  fixture f;
  auto id = put_raw(*f.store, "");
  for (int level = 0; level < 50; ++level) id = f.put_file({id, id, id, id}, {0, 0, 0, 0});
  CHECK(f.read(id).empty());
  auto with_content = f.put_file({id, put_raw(*f.store, "end")}, {0, 3});
  CHECK(f.read(with_content) == "end");
}

TEST_CASE("the end of a huge file is found without reading what is before it") {
  fixture f;
  auto id = put_raw(*f.store, "ab");
  std::uint64_t size = 2;
  for (int level = 0; level < 50; ++level) {
    id = f.put_file({id, id}, {size, size}, 2 * size);
    size *= 2;
  }
  CHECK(f.read(id, size - 3) == "bab");
}

TEST_CASE("directories and links have no content to read") {
  fixture f;
  f.refused(put_directory(*f.store, {}), errc::bad_request);
  f.refused(put_symlink(*f.store, "x"), errc::bad_request);
}

TEST_CASE("blocks that are no files are refused by what they are") {
  fixture f;
  f.refused(put_block(*f.store, codec::dag_pb, {}));
  f.refused(put_block(*f.store, codec::dag_pb, view_of("nonsense")));
  f.refused(put_node(*f.store, {}, {.type = unixfs_type::metadata}), errc::unsupported);
  f.refused(put_block(*f.store, static_cast<codec>(0x71), view_of("\xa0")), errc::unsupported);
}

TEST_CASE("a reading error of the source leaves the importer usable") {
  fixture f;
  auto batch = f.store->begin();
  import_options options;
  options.chunker = chunker::fixed(10);
  node_writer writer(options, *batch);
  file_importer importer(writer, f.pool);
  auto give = [&](int chunks, bool fail) {
    return importer.import([&, left = chunks](std::span<std::byte> to) mutable -> std::size_t {
      if (left-- > 0) {
        std::ranges::fill(to, std::byte{1});
        return to.size();
      }
      if (fail) throw failure(errc::io_error, "the disk is gone");
      return 0;
    });
  };
  auto sound = give(100, false);
  for (int chunks = 0; chunks < 20; ++chunks)
    CHECK(failure_of([&] { give(chunks, true); }) == failure(errc::io_error, "the disk is gone"));
  CHECK(give(100, false).id == sound.id);
}

TEST_CASE("a stopped import is cancelled") {
  fixture f;
  auto batch = f.store->begin();
  node_writer writer({}, *batch);
  std::stop_source stop;
  file_importer importer(writer, f.pool, stop.get_token());
  int chunks = 0;
  auto why = failure_of([&] {
    importer.import([&](std::span<std::byte> to) {
      if (++chunks == 3) stop.request_stop();
      return to.size();
    });
  });
  CHECK(why.code() == errc::cancelled);
  CHECK(chunks == 3);
}

TEST_CASE("import options out of range are refused") {
  auto refused = [](auto change) {
    import_options options;
    change(options);
    CHECK(failure_of([&] { checked(options); }).code() == errc::bad_request);
  };
  refused([](auto& o) { o.cid_version = 2; });
  refused([](auto& o) { o.max_links = 1; });
  refused([](auto& o) { o.inline_limit = 129; });
  refused([](auto& o) { o.metadata.mtime = unixfs_time{1, 1'000'000'000}; });
  refused([](auto& o) { o.raw_leaves = true, o.preserve_mode = true; });
  refused([](auto& o) { o.hamt_fanout = 12; });
  refused([](auto& o) { o.hamt_fanout = 2048; });
  refused([](auto& o) { o.hash = static_cast<hash_function>(0x1b); });
}
