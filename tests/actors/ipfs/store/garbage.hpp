/// A repository with pins and garbage, for tests of what removes blocks.
#pragma once

#include "actors/ipfs/format/block_links.hpp"
#include "actors/ipfs/store/memory_block_store.hpp"
#include "actors/ipfs/store/pack_block_store.hpp"

#include "tests/actors/ipfs/store/failing_files.hpp"
#include "tests/actors/ipfs/support.hpp"
#include "tests/support/temporary_directory.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pillar::test {

/// A file of several blocks: text in raw leaves, under one node.
struct small_graph {
  std::vector<std::string> leaves;
  std::vector<ipfs::engine::content_id> leaf_ids;
  std::string node;
  ipfs::engine::content_id root;
};

inline ipfs::engine::content_id raw_id(std::string_view text) {
  using namespace ipfs::engine;
  return {1, codec::raw, hash_of(hash_function::sha2_256, view_of(text))};
}

inline ipfs::engine::content_id put_into(ipfs::engine::write_batch& batch, const ipfs::engine::content_id& id,
                                         std::string_view block) {
  auto part = ipfs::engine::view_of(block);
  batch.put(id, {&part, 1});
  return id;
}

inline small_graph make_graph(std::uint64_t seed, std::size_t leaves = 4, std::size_t leaf_size = 300) {
  using namespace ipfs::engine;
  small_graph g;
  std::vector<pb_link> links;
  for (std::size_t i = 0; i < leaves; ++i) {
    g.leaves.push_back(noise(leaf_size, seed * 1000 + i));
    g.leaf_ids.push_back(raw_id(g.leaves.back()));
    links.push_back({g.leaf_ids.back(), "", leaf_size});
  }
  g.node = std::string(text_of(encode_dag_pb(links, view_of("graph " + std::to_string(seed)))));
  g.root = {1, codec::dag_pb, hash_of(hash_function::sha2_256, view_of(g.node))};
  return g;
}

inline void put_into(ipfs::engine::write_batch& batch, const small_graph& g) {
  for (std::size_t i = 0; i < g.leaves.size(); ++i) put_into(batch, g.leaf_ids[i], g.leaves[i]);
  put_into(batch, g.root, g.node);
}

inline void add(ipfs::engine::block_store& store, const small_graph& g, bool pinned) {
  auto batch = store.begin();
  put_into(*batch, g);
  if (pinned) batch->pin({g.root, ipfs::engine::pin_mode::recursive, ""});
  batch->commit();
}

inline void unpin(ipfs::engine::block_store& store, const small_graph& g) {
  auto batch = store.begin();
  batch->unpin(g.root);
  batch->commit();
}

inline bool is_here(ipfs::engine::block_store& store, const ipfs::engine::content_id& id) {
  return store.get(id).has_value(); // and verifies, or this throws
}

inline bool is_whole(ipfs::engine::block_store& store, const small_graph& g) {
  for (const auto& id : g.leaf_ids)
    if (!is_here(store, id)) return false;
  return is_here(store, g.root);
}

inline std::size_t count_here(ipfs::engine::block_store& store, const small_graph& g) {
  std::size_t n = is_here(store, g.root);
  for (const auto& id : g.leaf_ids) n += is_here(store, id);
  return n;
}

inline std::set<std::string> listed_blocks(ipfs::engine::block_store& store) {
  std::set<std::string> out;
  store.for_each_block([&](const auto& id, std::uint64_t size) {
    CHECK(store.size_of(id) == size);
    CHECK(out.insert(id.to_string()).second);
  });
  return out;
}

inline std::map<std::string, ipfs::engine::pin> listed_pins(ipfs::engine::block_store& store) {
  std::map<std::string, ipfs::engine::pin> out;
  store.for_each_pin([&](const auto& p) { CHECK(out.emplace(p.root.to_string(), p).second); });
  return out;
}

/// A repository on disk with small segments, so that there are several.
struct garbage_fixture {
  temporary_directory directory;
  failing_files files;
  ipfs::engine::pack_options options{.segment_size = 8'000, .files = &files};
  std::shared_ptr<ipfs::engine::pack_block_store> store = ipfs::engine::pack_block_store::open(path(), options);

  std::filesystem::path path() const { return directory / "repository"; }

  void reopen() {
    store.reset();
    store = ipfs::engine::pack_block_store::open(path(), options);
  }
  void remove_index() const {
    for (const auto* ending : {"", "-wal", "-shm"})
      std::filesystem::remove(path() / (std::string("index.sqlite") + ending));
  }
  void lose_index() {
    store.reset();
    remove_index();
    store = ipfs::engine::pack_block_store::open(path(), options);
  }
  std::uint64_t segment_bytes() const {
    std::uint64_t size = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path() / "segments")) size += entry.file_size();
    return size;
  }
};

} // namespace pillar::test
