#include "actors/ipfs/describe.hpp"

#include "actors/ipfs/files/directory_lister.hpp"
#include "interfaces/error.hpp"

#include <utility>

namespace pillar::ipfs::engine {
namespace {

ipfs::kind kind_of(const loaded_node& node) {
  if (node.id.codec() == codec::raw) return kind::raw;
  if (node.is_directory()) return kind::directory;
  return node.unixfs.type == unixfs_type::symlink ? kind::symlink : kind::file;
}

std::uint64_t size_of(const loaded_node& node) {
  if (node.is_file()) return content_size(node);
  return node.is_directory() ? 0 : node.data().size();
}

std::optional<std::uint32_t> mode_of(const unixfs_metadata& m) {
  return m.mode == 0u ? std::nullopt : m.mode; // as Kubo takes it
}

std::optional<timestamp> time_of(const unixfs_metadata& m) {
  if (!m.mtime) return {};
  return timestamp{m.mtime->seconds, m.mtime->nanoseconds};
}

} // namespace

cid text_id(const content_id& id) {
  return {id.to_string()};
}

void list_entries(std::shared_ptr<block_store> store, loaded_node directory,
                  const std::function<void(const entry&)>& visit, const std::stop_token& stop) {
  if (directory.is_file()) return;
  directory_lister entries(std::move(store), std::move(directory));
  while (auto found = entries.next()) {
    if (stop.stop_requested()) throw failure(errc::cancelled, "the listing was cancelled");
    visit({.name = std::move(found->name),
           .id = text_id(found->id),
           .kind = found->kind.value_or(kind::file),
           .size = found->size,
           .mode = found->metadata.mode,
           .mtime = time_of(found->metadata)});
  }
}

node_stat describe(const loaded_node& node) {
  node_stat out{.id = text_id(node.id),
                .kind = kind_of(node),
                .size = size_of(node),
                .cumulative_size = node.block.size(),
                .links = node.links.size(),
                .mode = mode_of(node.unixfs.metadata),
                .mtime = time_of(node.unixfs.metadata)};
  for (const auto& link : node.links)
    if (__builtin_add_overflow(out.cumulative_size, link.tsize, &out.cumulative_size))
      refuse(node.id, "its links' sizes add up to more than there can be");
  return out;
}

} // namespace pillar::ipfs::engine
