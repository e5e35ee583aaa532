#include "actors/ipfs/format/unixfs.hpp"

#include "actors/ipfs/describe.hpp"
#include "actors/ipfs/files/directory_reader.hpp"
#include "actors/ipfs/files/file_reader.hpp"
#include "actors/ipfs/format/dag_pb.hpp"
#include "actors/ipfs/store/memory_block_store.hpp"
#include "interfaces/error.hpp"
#include "tests/fuzz/target.hpp"

namespace pillar::fuzz {
namespace {

using namespace ipfs::engine;

/// As a node's data, and as a whole block, which is then read as a file and as a directory.
void run(bytes_view data) {
  try {
    decode_unixfs(data);
  } catch (const failure&) {
  }
  auto store = std::make_shared<memory_block_store>();
  auto batch = store->begin();
  auto leaf = view_of("hello world");
  batch->put(content_id::parse("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"), {&leaf, 1});
  content_id id(1, codec::dag_pb, hash_of(hash_function::sha2_256, data));
  batch->put(id, {&data, 1});
  batch->commit();
  try {
    auto node = load(*store, id);
    describe(node);
    if (node.is_directory()) {
      find_entry(*store, node, "name");
      std::size_t count = 0;
      for_each_entry(*store, node, [&](const pb_link&) { ++count; });
      promise(count * 4 <= data.size() + 4, "a directory has no more entries than its blocks have room for");
      return;
    }
    if (!node.is_file()) return;
    file_reader reader(store, load(*store, id), 0, 1 << 20);
    auto promised = reader.remaining();
    std::uint64_t size = 0;
    while (auto piece = reader.next()) size += piece->size();
    promise(size == promised, "a file that is read without a failure is as long as it says");
  } catch (const failure&) {
  }
}

std::vector<std::string> seeds() {
  auto leaf = content_id::parse("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
  auto text = [](const bytes& b) { return std::string(text_of(b)); };
  auto file = encode_unixfs({.type = unixfs_type::file, .file_size = 22, .block_sizes = {11, 11}});
  auto directory = encode_unixfs({.type = unixfs_type::directory});
  auto bits = view_of("\x01");
  auto shard = encode_unixfs({.type = unixfs_type::hamt_shard, .data = bits, .hash_type = murmur3_x64_64, .fanout = 8});
  auto dated = encode_unixfs({.type = unixfs_type::file,
                              .data = view_of("text"),
                              .file_size = 4,
                              .metadata = {.mode = 0644, .mtime = unixfs_time{-1, 5}}});
  return {text(file),
          text(encode_dag_pb({{leaf, "", 11}, {leaf, "", 11}}, file)),
          text(encode_dag_pb({{leaf, "a", 11}}, directory)),
          text(encode_dag_pb({{leaf, "0name", 11}}, shard)),
          text(encode_dag_pb({}, dated)),
          text(encode_dag_pb({}, encode_unixfs({.type = unixfs_type::symlink, .data = view_of("to/there")})))};
}

const registered here{{"unixfs", run, seeds}};

} // namespace
} // namespace pillar::fuzz
