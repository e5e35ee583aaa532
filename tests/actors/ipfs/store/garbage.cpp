// Collecting garbage: what a pin needs stays, everything else goes, and adds and reads go on meanwhile.
#include "tests/actors/ipfs/store/garbage.hpp"

#include "actors/ipfs/store/dag_walk.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <stop_token>
#include <thread>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;
namespace fs = std::filesystem;

namespace {

/// The same for a store in memory and one on disk.
void on_both(const std::function<void(block_store&)>& check) {
  SUBCASE("in memory") {
    memory_block_store store;
    check(store);
  }
  SUBCASE("on disk") {
    garbage_fixture f;
    check(*f.store);
  }
}

content_id id_of(codec c, std::string_view block) {
  return {1, c, hash_of(hash_function::sha2_256, view_of(block))};
}

/// dag-cbor: a list of links.
std::string cbor_list(const std::vector<content_id>& links) {
  std::string out(1, static_cast<char>(0x80 + links.size()));
  for (const auto& link : links) {
    bytes id;
    link.append_to(id);
    out += std::string("\xd8\x2a\x58", 3) + static_cast<char>(id.size() + 1) + '\0' + std::string(text_of(id));
  }
  return out;
}

} // namespace

TEST_CASE("a collection keeps what is pinned and removes the rest") {
  on_both([](block_store& store) {
    std::vector<small_graph> graphs;
    for (std::uint64_t i = 0; i < 20; ++i) {
      graphs.push_back(make_graph(i));
      add(store, graphs.back(), i % 3 == 0);
    }
    std::set<std::string> removed;
    auto result = store.collect_garbage([&](const auto& id) { CHECK(removed.insert(id.to_string()).second); });
    CHECK(result.blocks == 13 * 5);
    CHECK(removed.size() == 13 * 5);
    CHECK(result.block_bytes > 13 * 4 * 300);
    CHECK(result.missing.empty());
    for (std::uint64_t i = 0; i < 20; ++i) {
      CAPTURE(i);
      CHECK(count_here(store, graphs[i]) == (i % 3 == 0 ? 5 : 0));
    }
    CHECK(listed_blocks(store).size() == 7 * 5);
    CHECK(store.stats().blocks == 7 * 5);
    CHECK(store.collect_garbage().blocks == 0);
    add(store, graphs[1], true); // what was removed can come again
    CHECK(is_whole(store, graphs[1]));
    CHECK(store.collect_garbage().blocks == 0);
    CHECK(is_whole(store, graphs[1]));
    unpin(store, graphs[0]);
    CHECK(store.collect_garbage().blocks == 5);
  });
}

TEST_CASE("a direct pin keeps its block alone") {
  on_both([](block_store& store) {
    auto g = make_graph(1);
    auto batch = store.begin();
    put_into(*batch, g);
    batch->pin({g.root, pin_mode::direct, "mine"});
    batch->commit();
    CHECK(listed_pins(store).at(g.root.to_string()) == pin{g.root, pin_mode::direct, "mine"});
    CHECK(store.collect_garbage().blocks == 4);
    CHECK(is_here(store, g.root));
  });
}

TEST_CASE("what is removed stays removed when the store or its index is opened again") {
  garbage_fixture f;
  std::vector<small_graph> graphs;
  for (std::uint64_t i = 0; i < 30; ++i) {
    graphs.push_back(make_graph(i));
    add(*f.store, graphs.back(), i % 3 != 0); // a third is garbage: too little to move segments
  }
  auto before = f.segment_bytes();
  CHECK(f.store->collect_garbage().blocks == 10 * 5);
  CHECK(f.segment_bytes() >= before);
  auto check = [&] {
    for (std::uint64_t i = 0; i < 30; ++i) CHECK(count_here(*f.store, graphs[i]) == (i % 3 != 0 ? 5 : 0));
    CHECK(listed_pins(*f.store).size() == 20);
  };
  check();
  f.reopen();
  CHECK(f.store->notes().empty());
  check();
  f.lose_index();
  check();
  for (std::uint64_t i = 0; i < 30; i += 2)
    if (i % 3 != 0) unpin(*f.store, graphs[i]);
  auto result = f.store->collect_garbage(); // now two thirds are
  CHECK(result.blocks == 10 * 5);
  CHECK(result.disk_bytes > 0);
  CHECK(f.segment_bytes() < before);
  auto check_again = [&] {
    for (std::uint64_t i = 0; i < 30; ++i) CHECK(count_here(*f.store, graphs[i]) == (i % 3 != 0 && i % 2 ? 5 : 0));
    CHECK(listed_pins(*f.store).size() == 10);
  };
  check_again();
  f.reopen();
  CHECK(f.store->notes().empty());
  check_again();
  f.lose_index();
  check_again();
  CHECK(f.store->collect_garbage().disk_bytes == 0); // nothing left to do
}

TEST_CASE("a collection of everything gives the disk back") {
  garbage_fixture f;
  std::vector<small_graph> graphs;
  for (std::uint64_t i = 0; i < 30; ++i) {
    graphs.push_back(make_graph(i));
    add(*f.store, graphs.back(), true);
  }
  auto before = f.segment_bytes();
  for (const auto& g : graphs) unpin(*f.store, g);
  auto result = f.store->collect_garbage();
  CHECK(result.blocks == 150);
  CHECK(f.segment_bytes() < before / 10);
  CHECK(listed_pins(*f.store).empty());
  f.lose_index();
  CHECK(listed_blocks(*f.store).empty());
  CHECK(listed_pins(*f.store).empty());
}

TEST_CASE("a collection makes the index smaller as well") {
  garbage_fixture f;
  f.options.segment_size = 1 << 20;
  f.reopen();
  auto g = make_graph(1, 5000, 8);
  add(*f.store, g, true);
  f.reopen(); // so that all of the index is in its file
  auto before = fs::file_size(f.path() / "index.sqlite");
  unpin(*f.store, g);
  CHECK(f.store->collect_garbage().blocks == 5001);
  f.reopen();
  CHECK(fs::file_size(f.path() / "index.sqlite") < before / 2);
}

TEST_CASE("pins that come and go keep their last state through collections and lost indexes") {
  garbage_fixture f;
  std::vector<small_graph> graphs;
  for (std::uint64_t i = 0; i < 8; ++i) graphs.push_back(make_graph(i));
  std::map<std::string, pin> expected;
  for (std::uint64_t round = 0; round < 60; ++round) {
    auto& g = graphs[round * 7 % 8];
    auto batch = f.store->begin();
    put_into(*batch, g);
    if (round % 3 == 2) {
      batch->unpin(g.root);
      expected.erase(g.root.to_string());
    } else {
      pin p{g.root, round % 5 ? pin_mode::recursive : pin_mode::direct, "round " + std::to_string(round)};
      batch->pin(p);
      expected[g.root.to_string()] = p;
    }
    batch->commit();
    batch.reset();
    if (round % 10 == 4) f.store->collect_garbage();
    if (round % 20 == 11) f.lose_index();
    if (round % 20 == 17) f.reopen();
    REQUIRE(listed_pins(*f.store) == expected);
  }
  f.store->collect_garbage();
  f.lose_index();
  CHECK(listed_pins(*f.store) == expected);
}

TEST_CASE("a batch that is open loses nothing to a collection") {
  on_both([](block_store& store) {
    auto before = make_graph(1);  // here and not pinned: the batch only finds it
    auto written = make_graph(2); // new, by the batch
    auto later = make_graph(3);
    auto garbage = make_graph(4);
    add(store, before, false);
    add(store, garbage, false);
    auto batch = store.begin();
    put_into(*batch, before);
    put_into(*batch, written);
    CHECK(store.collect_garbage().blocks == 5);
    CHECK(count_here(store, garbage) == 0);
    put_into(*batch, later);
    CHECK(store.collect_garbage().blocks == 0);
    for (const auto* g : {&before, &written, &later}) batch->pin({g->root, pin_mode::recursive, ""});
    batch->commit();
    CHECK(store.collect_garbage().blocks == 0);
    for (const auto* g : {&before, &written, &later}) CHECK(is_whole(store, *g));
  });
}

TEST_CASE("a batch that is given up leaves garbage") {
  on_both([](block_store& store) {
    auto g = make_graph(1);
    {
      auto batch = store.begin();
      put_into(*batch, g);
      CHECK(store.collect_garbage().blocks == 0);
    }
    CHECK(store.collect_garbage().blocks == 5);
  });
}

TEST_CASE("what is added and pinned while a collection runs stays") {
  on_both([](block_store& store) {
    std::vector<small_graph> old;
    for (std::uint64_t i = 0; i < 10; ++i) {
      old.push_back(make_graph(i));
      add(store, old.back(), false);
    }
    auto fresh = make_graph(100);
    auto found = make_graph(3);
    std::unique_ptr<write_batch> open;
    // Roots that need blocks which no batch has put: a pin alone has to save them.
    auto parent_of = [&](const small_graph& g) {
      return put_node(store, {{g.root, "child", 0}}, {.type = unixfs_type::directory});
    };
    auto parent = parent_of(old[5]);
    std::size_t here = 0;
    int calls = 0;
    auto result = store.collect_garbage([&](const content_id&) {
      if (++calls != 1) return;
      add(store, fresh, true);
      add(store, found, true);
      open = store.begin();
      here = count_here(store, old[7]);
      put_into(*open, old[7]);
      auto batch = store.begin();
      batch->pin({parent, pin_mode::recursive, ""});
      batch->commit();
    });
    CHECK(calls > 0);
    CHECK(is_whole(store, fresh));
    CHECK(is_whole(store, found));
    CHECK(is_whole(store, old[7]));
    open.reset();
    CHECK(result.blocks >= 30);
  });
}

TEST_CASE("a pin that comes while pages are swept saves what is still there") {
  garbage_fixture f;
  f.options.segment_size = 1 << 20;
  f.reopen();
  constexpr std::size_t leaves = 9000; // more than two pages
  auto wide = make_graph(1, leaves, 8);
  add(*f.store, wide, false);
  bool pinned = false;
  f.store->collect_garbage([&](const content_id&) {
    if (std::exchange(pinned, true)) return;
    auto batch = f.store->begin();
    batch->pin({wide.root, pin_mode::recursive, ""});
    batch->commit();
  });
  auto left = count_here(*f.store, wide);
  if (is_here(*f.store, wide.root)) CHECK(left > 4000);
  auto missing = f.store->collect_garbage().missing;
  CHECK(missing.size() == std::min<std::size_t>(leaves + 1 - left, is_here(*f.store, wide.root) ? 1000 : 1));
}

TEST_CASE("blocks that a pin needs and that are not here are named") {
  on_both([](block_store& store) {
    auto g = make_graph(1);
    add(store, g, true);
    CHECK(store.remove(g.leaf_ids[2]));
    auto result = store.collect_garbage();
    CHECK(result.blocks == 0);
    REQUIRE(result.missing.size() == 1);
    CHECK(result.missing[0] == missing_block{g.leaf_ids[2], g.root});
  });
}

TEST_CASE("links of dag-cbor and dag-json are followed") {
  on_both([](block_store& store) {
    auto below_cbor = make_graph(1);
    auto below_json = make_graph(2);
    add(store, below_cbor, false);
    add(store, below_json, false);
    auto json = R"({"a":[1,{"b":{"/":")" + below_json.root.to_string() + R"("}}],"c":{"/":{"bytes":"AAAA"}}})";
    auto json_id = id_of(codec_dag_json, json);
    auto cbor = cbor_list({below_cbor.root, json_id});
    auto cbor_id = id_of(codec_dag_cbor, cbor);
    auto batch = store.begin();
    put_into(*batch, json_id, json);
    put_into(*batch, cbor_id, cbor);
    batch->pin({cbor_id, pin_mode::recursive, ""});
    batch->commit();
    CHECK(store.collect_garbage().blocks == 0);
    CHECK(is_whole(store, below_cbor));
    CHECK(is_whole(store, below_json));
  });
}

TEST_CASE("one block under two codecs is followed as each") {
  on_both([](block_store& store) {
    auto g = make_graph(1);
    add(store, g, false);
    auto batch = store.begin();
    content_id as_raw(1, codec::raw, g.root.hash());
    auto parent = cbor_list({as_raw, g.root});
    auto id = id_of(codec_dag_cbor, parent);
    put_into(*batch, id, parent);
    batch->pin({id, pin_mode::recursive, ""});
    batch->commit();
    CHECK(store.collect_garbage().blocks == 0);
  });
}

TEST_CASE("a pinned block of an unknown codec stops a collection before it removes anything") {
  on_both([](block_store& store) {
    auto garbage = make_graph(1);
    add(store, garbage, false);
    auto id = id_of(static_cast<codec>(0x78), "git");
    auto parent = cbor_list({id});
    auto parent_id = id_of(codec_dag_cbor, parent);
    auto batch = store.begin();
    put_into(*batch, id, "git");
    put_into(*batch, parent_id, parent);
    batch->pin({parent_id, pin_mode::recursive, ""});
    batch->commit();
    auto why = failure_of([&] { store.collect_garbage(); });
    CHECK(why.code() == errc::unsupported);
    CHECK(why.message().find(id.to_string()) != std::string::npos);
    CHECK(why.message().find(parent_id.to_string()) != std::string::npos);
    CHECK(is_whole(store, garbage));
    batch->unpin(parent_id);
    batch->pin({id, pin_mode::direct, ""}); // for that alone nothing must be known
    batch->commit();
    CHECK(store.collect_garbage().blocks == 6);
  });
}

TEST_CASE("a pinned node that does not verify stops a collection and no other block does") {
  garbage_fixture f;
  f.options.segment_size = 1 << 20;
  f.reopen();
  auto g = make_graph(1);
  auto garbage = make_graph(2);
  add(*f.store, g, true);
  add(*f.store, garbage, false);
  f.store.reset();
  auto segment = f.path() / "segments/0001.car";
  auto at = read_file(segment).find(g.leaves[0]);
  flip_byte(segment, at);
  f.reopen();
  CHECK(f.store->collect_garbage().blocks == 5);
  CHECK(failure_of([&] { (void)f.store->get(g.leaf_ids[0]); }).code() == errc::damaged); // not removed
  add(*f.store, garbage, false);
  f.store.reset();
  flip_byte(segment, read_file(segment).find(g.node));
  f.reopen();
  auto why = failure_of([&] { f.store->collect_garbage(); });
  CHECK(why.code() == errc::damaged);
  CHECK(why.message().find(g.root.to_string()) != std::string::npos);
  CHECK(is_whole(*f.store, garbage));
  add(*f.store, g, true); // mends it
  CHECK(f.store->collect_garbage().blocks == 5);
  CHECK(is_whole(*f.store, g));
}

TEST_CASE("a graph that doubles at every level is walked once") {
  on_both([](block_store& store) {
    auto id = put_raw(store, "bottom");
    for (int level = 0; level < 300; ++level) id = put_directory(store, {{id, "a", 0}, {id, "b", 0}});
    auto batch = store.begin();
    batch->pin({id, pin_mode::recursive, ""});
    batch->commit();
    auto garbage = make_graph(1);
    add(store, garbage, false);
    CHECK(store.collect_garbage().blocks == 5);
    CHECK(store.stats().blocks == 301);
  });
}

TEST_CASE("a very deep graph is walked without recursion") {
  memory_block_store store;
  auto batch = store.begin();
  auto id = put_into(*batch, raw_id("bottom"), "bottom");
  for (int level = 0; level < 100'000; ++level) {
    auto node = encode_dag_pb({{id, "", 0}}, {});
    id = content_id(1, codec::dag_pb, hash_of(hash_function::sha2_256, node));
    put_into(*batch, id, text_of(node));
  }
  batch->pin({id, pin_mode::recursive, ""});
  batch->commit();
  CHECK(store.collect_garbage().blocks == 0);
  CHECK(find_pinnings(store, {raw_id("bottom")})[0]->root == id);
}

TEST_CASE("a block tells how it is pinned") {
  on_both([](block_store& store) {
    auto g = make_graph(1);
    auto other = make_graph(2);
    add(store, other, false);
    auto batch = store.begin();
    put_into(*batch, g);
    batch->pin({g.root, pin_mode::recursive, "name"});
    batch->pin({g.leaf_ids[1], pin_mode::direct, ""});
    batch->commit();
    content_id other_codec(1, codec::raw, g.root.hash());
    auto how = find_pinnings(store, {g.root, g.leaf_ids[0], g.leaf_ids[1], other.root, other_codec});
    REQUIRE(how.size() == 5);
    CHECK(how[0] == pinning{pinning::kind::recursive, g.root, "name"});
    CHECK(how[1] == pinning{pinning::kind::indirect, g.root, "name"});
    CHECK(how[2] == pinning{pinning::kind::direct, g.leaf_ids[1], ""});
    CHECK_FALSE(how[3]);
    CHECK(how[4] == pinning{pinning::kind::recursive, g.root, "name"});
  });
}

TEST_CASE("keeping everything below a root protects it until it is pinned") {
  on_both([](block_store& store) {
    auto g = make_graph(1);
    add(store, g, false);
    auto batch = store.begin();
    keep_all(store, *batch, g.root, true);
    CHECK(store.collect_garbage().blocks == 0);
    batch->pin({g.root, pin_mode::recursive, ""});
    batch->commit();
    CHECK(store.collect_garbage().blocks == 0);
    unpin(store, g);
    CHECK(store.remove(g.leaf_ids[3]));
    auto why = failure_of([&] { keep_all(store, *batch, g.root, true); });
    CHECK(why.code() == errc::not_found);
    CHECK(why.message().find(g.leaf_ids[3].to_string()) != std::string::npos);
    keep_all(store, *batch, g.root, false);
  });
}

TEST_CASE("a removed block is gone for good and not while an add needs it") {
  garbage_fixture f;
  auto g = make_graph(1);
  add(*f.store, g, false);
  auto batch = f.store->begin();
  put_into(*batch, g.leaf_ids[0], g.leaves[0]);
  auto why = failure_of([&] { f.store->remove(g.leaf_ids[0]); });
  CHECK(why.code() == errc::in_use);
  CHECK(why.message().find(g.leaf_ids[0].to_string()) != std::string::npos);
  batch.reset();
  CHECK(f.store->remove(g.leaf_ids[0]));
  CHECK_FALSE(f.store->remove(g.leaf_ids[0]));
  CHECK(f.store->remove(g.leaf_ids[1]));
  add(*f.store, make_graph(1), false); // brings back both
  CHECK(f.store->remove(g.leaf_ids[0]));
  for (int again = 0; again < 3; ++again) {
    CHECK_FALSE(is_here(*f.store, g.leaf_ids[0]));
    CHECK_FALSE(f.store->size_of(g.leaf_ids[0]));
    CHECK(is_here(*f.store, g.leaf_ids[1]));
    CHECK(listed_blocks(*f.store).size() == 4);
    if (again == 0) f.reopen();
    else f.lose_index();
  }
}

TEST_CASE("a stopped collection leaves pinned content whole") {
  on_both([](block_store& store) {
    auto g = make_graph(1);
    add(store, g, true);
    add(store, make_graph(2), false);
    std::stop_source stop;
    stop.request_stop();
    CHECK(failure_of([&] { store.collect_garbage({}, stop.get_token()); }).code() == errc::cancelled);
    CHECK(is_whole(store, g));
    CHECK(store.collect_garbage().blocks == 5);
  });
}

TEST_CASE("a reader in the middle of a segment that is moved reads on") {
  garbage_fixture f;
  std::vector<small_graph> graphs;
  for (std::uint64_t i = 0; i < 30; ++i) {
    graphs.push_back(make_graph(i));
    add(*f.store, graphs.back(), i % 5 == 0);
  }
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> reads = 0;
  std::vector<std::thread> readers;
  for (int r = 0; r < 3; ++r)
    readers.emplace_back([&] {
      do {
        for (std::size_t i = 0; i < 30; i += 5) {
          if (!is_whole(*f.store, graphs[i])) ++wrong;
          ++reads;
        }
      } while (!done);
    });
  auto result = f.store->collect_garbage();
  done = true;
  for (auto& reader : readers) reader.join();
  CHECK(wrong == 0);
  CHECK(reads >= 18);
  CHECK(result.blocks == 24 * 5);
  CHECK(result.disk_bytes > 0);
  f.lose_index();
  for (std::size_t i = 0; i < 30; i += 5) CHECK(is_whole(*f.store, graphs[i]));
}

TEST_CASE("adds and collections side by side lose nothing that is pinned") {
  garbage_fixture f;
  constexpr std::uint64_t adders = 3;
  constexpr std::uint64_t rounds = 40;
  std::atomic<std::uint64_t> adding = adders;
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < adders; ++t)
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < rounds; ++i) {
        add(*f.store, make_graph(i / 2 % 10 + 1000, 3), false); // the same garbage again and again
        auto g = make_graph(i / 2 % 10 + 1000, 3);
        if (i % 4 == t) {
          add(*f.store, g, true); // which now and then is wanted for a while
          if (!is_whole(*f.store, g)) std::abort();
          unpin(*f.store, g);
        }
        add(*f.store, make_graph(t * 100 + i, 3), true);
      }
      --adding;
    });
  std::uint64_t removed = 0;
  while (adding > 0) removed += f.store->collect_garbage().blocks;
  for (auto& thread : threads) thread.join();
  removed += f.store->collect_garbage().blocks;
  CHECK(removed >= 40);
  auto check = [&] {
    for (std::uint64_t t = 0; t < adders; ++t)
      for (std::uint64_t i = 0; i < rounds; ++i) REQUIRE(is_whole(*f.store, make_graph(t * 100 + i, 3)));
    CHECK(listed_pins(*f.store).size() == adders * rounds);
    CHECK(listed_blocks(*f.store).size() == adders * rounds * 4);
  };
  check();
  f.lose_index();
  check();
}
