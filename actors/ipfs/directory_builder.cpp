#include "actors/ipfs/directory_builder.hpp"

#include "actors/ipfs/hamt.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <span>

namespace pillar::ipfs::engine {
namespace {

struct placed_entry {
  std::uint64_t hash;
  pb_link* link;
};

/// Stores the shard over entries that share the first `used` bits of their hash and are sorted by it.
imported write_shard(const node_writer& writer, std::span<placed_entry> entries, unsigned used) {
  const hamt_shape shape(writer.options().hamt_fanout);
  if (used + shape.bits() > hamt_shape::hash_bits)
    throw failure(errc::too_large, "directory entry " + in_quotes(entries[0].link->name)
                                       + ": too many names have the same hash: leave some of them out");
  std::vector<pb_link> links;
  hamt_bitfield buckets(shape.fanout());
  for (std::size_t begin = 0; begin < entries.size();) {
    auto index = shape.index(entries[begin].hash, used);
    auto end = begin + 1;
    while (end < entries.size() && shape.index(entries[end].hash, used) == index) ++end;
    auto bucket = entries.subspan(begin, end - begin);
    if (bucket.size() == 1) {
      auto& link = *bucket[0].link;
      links.push_back({std::move(link.id), shape.prefix(index) + link.name, link.tsize});
    } else {
      auto shard = write_shard(writer, bucket, used + shape.bits());
      links.push_back({std::move(shard.id), shape.prefix(index), shard.tsize});
    }
    buckets.set(index);
    begin = end;
  }
  auto field = buckets.to_bytes();
  unixfs_node node{
      .type = unixfs_type::hamt_shard, .data = field, .hash_type = murmur3_x64_64, .fanout = shape.fanout()};
  return writer.write_node(links, node, 0);
}

imported write_sharded(const node_writer& writer, std::vector<pb_link>& entries) {
  std::vector<placed_entry> placed;
  placed.reserve(entries.size());
  for (auto& entry : entries) placed.push_back({hamt_shape::hash(entry.name), &entry});
  std::ranges::sort(placed, {}, &placed_entry::hash);
  return write_shard(writer, placed, 0);
}

std::uint64_t estimate(const import_options& options, const std::vector<pb_link>& entries, const unixfs_node& node) {
  std::uint64_t size = 0;
  if (options.hamt_estimate == directory_estimate::links) {
    for (const auto& entry : entries) size += entry.name.size() + entry.id.size();
    return size;
  }
  for (const auto& entry : entries) size += encoded_size(entry);
  return size + encode_dag_pb({}, encode_unixfs(node)).size();
}

} // namespace

void check_entry_name(std::string_view name) {
  auto refuse = [&](const char* why) {
    throw failure(errc::bad_request, "directory entry " + in_quotes(name) + " " + why + ": its name cannot be used");
  };
  if (name.empty()) refuse("has no name");
  if (name == "." || name == "..") refuse("leads to another directory");
  if (name.find('/') != name.npos) refuse("contains a slash");
  if (name.find('\0') != name.npos) refuse("contains a NUL");
}

imported write_directory(const node_writer& writer, std::vector<pb_link> entries, const unixfs_metadata& metadata) {
  for (const auto& entry : entries) check_entry_name(entry.name);
  unixfs_node node{.type = unixfs_type::directory, .metadata = metadata};
  auto threshold = writer.options().hamt_threshold;
  if (threshold != 0 && estimate(writer.options(), entries, node) > threshold) return write_sharded(writer, entries);
  std::ranges::sort(entries, {}, &pb_link::name);
  return writer.write_node(entries, node, 0);
}

} // namespace pillar::ipfs::engine
