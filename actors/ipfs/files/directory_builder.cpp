#include "actors/ipfs/files/directory_builder.hpp"

#include "actors/ipfs/format/hamt.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <span>

namespace pillar::ipfs::engine {
namespace {

struct placed_entry {
  std::uint64_t hash;
  entry_list::position at;
};

/// Writes the shards of a directory.
class shard_writer {
public:
  shard_writer(const node_writer& writer, const entry_list& entries)
      : writer_(writer), entries_(entries), shape_(writer.options().hamt_fanout) {}

  imported write() {
    std::vector<placed_entry> placed;
    placed.reserve(entries_.size());
    entries_.for_each([&](const entry_list::packed& entry) {
      placed.push_back({hamt_shape::hash(entry.name), entry.at});
      return true;
    });
    std::ranges::sort(placed, {}, &placed_entry::hash);
    return write_shard(placed, 0);
  }

private:
  /// Stores the shard over entries that share the first `used` bits of their hash and are sorted by it.
  imported write_shard(std::span<const placed_entry> entries, unsigned used) {
    if (used + shape_.bits() > hamt_shape::hash_bits)
      throw failure(errc::too_large, "directory entry " + in_quotes(entries_.at(entries[0].at).name)
                                         + ": too many names have the same hash: leave some of them out");
    std::vector<pb_link> links;
    hamt_bitfield buckets(shape_.fanout());
    for (std::size_t begin = 0; begin < entries.size();) {
      auto index = shape_.index(entries[begin].hash, used);
      auto end = begin + 1;
      while (end < entries.size() && shape_.index(entries[end].hash, used) == index) ++end;
      auto bucket = entries.subspan(begin, end - begin);
      if (bucket.size() == 1) {
        auto link = entries_.at(bucket[0].at).link();
        link.name.insert(0, shape_.prefix(index));
        links.push_back(std::move(link));
      } else {
        auto shard = write_shard(bucket, used + shape_.bits());
        links.push_back({std::move(shard.id), shape_.prefix(index), shard.tsize});
      }
      buckets.set(index);
      begin = end;
    }
    auto field = buckets.to_bytes();
    unixfs_node node{
        .type = unixfs_type::hamt_shard, .data = field, .hash_type = murmur3_x64_64, .fanout = shape_.fanout()};
    return writer_.write_node(links, node, 0);
  }

  const node_writer& writer_;
  const entry_list& entries_;
  hamt_shape shape_;
};

/// Whether a directory's estimate is beyond the threshold.
bool needs_shards(const import_options& options, const entry_list& entries, const unixfs_node& node) {
  if (options.hamt_threshold == 0) return false;
  auto by_links = options.hamt_estimate == directory_estimate::links;
  std::uint64_t size = by_links ? 0 : encode_dag_pb({}, encode_unixfs(node)).size();
  entries.for_each([&](const entry_list::packed& entry) {
    size += by_links ? entry.name.size() + entry.id.size() : encoded_size(entry.link());
    return size <= options.hamt_threshold;
  });
  return size > options.hamt_threshold;
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

imported write_directory(const node_writer& writer, const entry_list& entries, const unixfs_metadata& metadata) {
  entries.for_each([](const entry_list::packed& entry) {
    check_entry_name(entry.name);
    return true;
  });
  unixfs_node node{.type = unixfs_type::directory, .metadata = metadata};
  if (needs_shards(writer.options(), entries, node)) return shard_writer(writer, entries).write();
  std::vector<pb_link> links;
  links.reserve(entries.size());
  entries.for_each([&](const entry_list::packed& entry) {
    links.push_back(entry.link());
    return true;
  });
  std::ranges::sort(links, {}, &pb_link::name);
  return writer.write_node(links, node, 0);
}

imported write_directory(const node_writer& writer, const std::vector<pb_link>& entries,
                         const unixfs_metadata& metadata) {
  entry_list packed;
  for (const auto& entry : entries) packed.add(entry.id, entry.name, entry.tsize);
  return write_directory(writer, packed, metadata);
}

} // namespace pillar::ipfs::engine
