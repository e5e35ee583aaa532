#include "actors/ipfs/store/caching_block_store.hpp"

#include "actors/ipfs/store/memory_block_store.hpp"
#include "actors/ipfs/store/pack_block_store.hpp"
#include "tests/actors/ipfs/support.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace pillar;
using namespace pillar::test;
using namespace pillar::ipfs::engine;

namespace {

/// A store that counts its reads, and does something in the midst of each.
class watched_store final : public memory_block_store {
public:
  std::optional<bytes> get(const content_id& id) override {
    ++reads;
    auto block = memory_block_store::get(id);
    if (meanwhile) std::exchange(meanwhile, {})();
    return block;
  }
  int reads = 0;
  std::function<void()> meanwhile;
};

struct fixture {
  content_id add(std::string_view content) {
    content_id id(1, codec::raw, hash_of(hash_function::sha2_256, view_of(content)));
    auto batch = store.begin();
    bytes_view parts[] = {view_of(content)};
    batch->put(id, parts);
    batch->commit();
    return id;
  }
  std::shared_ptr<watched_store> below = std::make_shared<watched_store>();
  caching_block_store store{below, 4096};
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a block that was read is at hand, and read no more") {
  auto id = add("content");
  CHECK_FALSE(store.get_at_once(id));
  for (int i = 0; i < 3; ++i) CHECK(text_of(*store.get(id)) == "content");
  CHECK(text_of(*store.get_at_once(id)) == "content");
  CHECK(below->reads == 1);
}

TEST_CASE_FIXTURE(fixture, "a block is at hand whatever the version and codec of its CID") {
  auto id = add("content");
  store.get(id);
  CHECK(store.get_at_once(content_id(0, codec::dag_pb, id.hash())));
}

TEST_CASE_FIXTURE(fixture, "an inlined block is at hand always, and what is nowhere never") {
  content_id inlined(1, codec::raw, hash_of(hash_function::identity, view_of("abc")));
  CHECK(text_of(*store.get_at_once(inlined)) == "abc");
  content_id absent(1, codec::raw, hash_of(hash_function::sha2_256, view_of("abc")));
  CHECK_FALSE(store.get(absent));
  CHECK_FALSE(store.get_at_once(absent));
}

TEST_CASE_FIXTURE(fixture, "the blocks that were used last are kept, within the room there is") {
  std::vector<content_id> ids;
  for (int i = 0; i < 8; ++i) ids.push_back(add(noise(700, i)));
  for (auto& id : ids) {
    store.get(ids.front());
    store.get(id);
  }
  auto kept = std::ranges::count_if(ids, [&](auto& id) { return store.get_at_once(id).has_value(); });
  CHECK(kept == 4096 / (700 + 256));
  CHECK(store.get_at_once(ids.front()));
  CHECK(store.get_at_once(ids.back()));
}

TEST_CASE_FIXTURE(fixture, "a large block is not kept") {
  caching_block_store roomy(below, 1 << 20);
  auto id = add(noise(block_cache::largest + 1));
  roomy.get(id);
  CHECK_FALSE(roomy.get_at_once(id));
}

TEST_CASE_FIXTURE(fixture, "a block that is removed is gone from memory too") {
  auto first = add("first"), second = add("second");
  store.get(first), store.get(second);
  CHECK(store.remove(first));
  CHECK_FALSE(store.get_at_once(first));
  CHECK_FALSE(store.get(first));
  store.collect_garbage({}, {});
  CHECK_FALSE(store.get_at_once(second));
  CHECK_FALSE(store.get(second));
}

TEST_CASE_FIXTURE(fixture, "who is told that a block was collected does not find it any more") {
  auto id = add("content");
  store.get(id);
  auto told = 0;
  store.collect_garbage(
      [&](const content_id& removed) {
        ++told;
        CHECK_FALSE(store.get_at_once(removed));
      },
      {});
  CHECK(told == 1);
}

TEST_CASE_FIXTURE(fixture, "a block that is removed while it is read is not kept") {
  auto id = add("content");
  below->meanwhile = [&] { store.remove(id); };
  CHECK(store.get(id));
  CHECK_FALSE(store.get_at_once(id));
  CHECK_FALSE(store.get(id));
}

TEST_CASE("an engine serves what is at hand, and what a collection took is not") {
  temporary_directory directory;
  std::unique_ptr<ipfs::backend> ipfs = ipfs::embedded_ipfs::open(directory.path());
  auto id = ipfs->block_put(view_of("content")).id;
  CHECK_FALSE(ipfs->block_at_once(id));
  ipfs->block_get(id);
  CHECK(text_of(*ipfs->block_at_once(id)) == "content");
  ipfs->gc();
  CHECK_FALSE(ipfs->block_at_once(id));
  CHECK(failure_of([&] { ipfs->block_at_once({"no cid"}); }).code() == errc::bad_request);

  std::unique_ptr<ipfs::backend> without = ipfs::embedded_ipfs::open(directory / "other", {.block_cache = 0});
  auto other = without->block_put(view_of("content")).id;
  without->block_get(other);
  CHECK_FALSE(without->block_at_once(other));
}
