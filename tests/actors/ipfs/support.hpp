/// What the tests of the IPFS engine share.
#pragma once

#include "actors/ipfs/embedded_ipfs.hpp"
#include "actors/ipfs/format/dag_pb.hpp"
#include "actors/ipfs/format/unixfs.hpp"
#include "actors/ipfs/store/block_store.hpp"
#include "interfaces/error.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace pillar::test {

/// The failure that `work` throws; a failed check, and none, when it throws nothing.
template <class Work> failure failure_of(const Work& work) {
  try {
    work();
  } catch (const failure& f) {
    return f;
  }
  FAIL_CHECK("nothing was thrown");
  return {errc::internal, ""};
}

/// Bytes that look random and are the same in every run.
inline std::string noise(std::size_t size, std::uint64_t seed = 1) {
  std::string out(size, '\0');
  auto state = seed * 0x9e3779b97f4a7c15 + 1;
  for (auto& c : out) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    c = static_cast<char>(state >> 32);
  }
  return out;
}

inline void write_file(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void flip_byte(const std::filesystem::path& path, std::uint64_t at) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  REQUIRE(file);
  file.seekg(static_cast<std::streamoff>(at));
  auto byte = static_cast<char>(file.get() ^ 0x10);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
}

inline std::string content_of(ipfs::backend& ipfs, std::string_view path, std::uint64_t offset = 0,
                              std::optional<std::uint64_t> length = {}) {
  std::string out;
  auto reader = ipfs.open_reader(path, offset, length);
  while (auto piece = reader.next()) {
    REQUIRE(!piece->empty());
    REQUIRE(piece->size() <= 1 << 20);
    out += ipfs::engine::text_of(*piece);
  }
  return out;
}

/// Whether something is pinned, in whatever way.
inline bool is_pinned(ipfs::backend& ipfs, const std::string& path) {
  try {
    ipfs.pin_ls({.kind = {}, .path = path, .name = {}}, [](const ipfs::pinned&) {});
    return true;
  } catch (const failure& f) {
    if (f.code() == errc::not_found) return false;
    throw;
  }
}

/// Adds a tree with its hidden files.
inline ipfs::added add_all(ipfs::backend& ipfs, const std::filesystem::path& path) {
  return ipfs.add_files({.paths = {path}, .hidden = true}, {});
}

/// Stores a block as it is, whatever it holds, and gives its CID.
inline ipfs::engine::content_id put_block(ipfs::engine::block_store& store, ipfs::engine::codec codec,
                                          ipfs::engine::bytes_view block) {
  using namespace ipfs::engine;
  content_id id(1, codec, hash_of(hash_function::sha2_256, block));
  auto batch = store.begin();
  batch->put(id, block_parts(&block, 1));
  batch->commit();
  return id;
}

inline ipfs::engine::content_id put_raw(ipfs::engine::block_store& store, std::string_view text) {
  return put_block(store, ipfs::engine::codec::raw, ipfs::engine::view_of(text));
}

/// Stores a node with links as they are given: unsorted, named at will, with sizes that need not be true.
inline ipfs::engine::content_id put_node(ipfs::engine::block_store& store, std::vector<ipfs::engine::pb_link> links,
                                         const ipfs::engine::unixfs_node& node) {
  using namespace ipfs::engine;
  return put_block(store, codec::dag_pb, encode_dag_pb(links, encode_unixfs(node)));
}

inline ipfs::engine::content_id put_directory(ipfs::engine::block_store& store,
                                              std::vector<ipfs::engine::pb_link> links) {
  return put_node(store, std::move(links), {.type = ipfs::engine::unixfs_type::directory});
}

inline ipfs::engine::content_id put_symlink(ipfs::engine::block_store& store, std::string_view target) {
  using namespace ipfs::engine;
  return put_node(store, {}, {.type = unixfs_type::symlink, .data = view_of(target)});
}

} // namespace pillar::test
