#include "actors/ipfs/files/directory_reader.hpp"

#include "actors/ipfs/format/hamt.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace pillar::ipfs::engine {
namespace {

/// One shard of a sharded directory, checked: as many links as buckets in use, each under its bucket's number, in
/// order, and deep enough bits of the hash left for it.
class shard {
public:
  struct child {
    std::size_t index = 0;
    std::string_view name; ///< without the bucket's number; empty for a shard below
    const pb_link* link = nullptr;
  };

  shard(const loaded_node& node, unsigned used) : used_(used), shape_(checked_fanout(node)) {
    if (used + shape_.bits() > hamt_shape::hash_bits) refuse(node.id, "the sharded directory is too deep");
    auto buckets = hamt_bitfield::parse(shape_.fanout(), node.data());
    if (!buckets) refuse(node.id, "the bitfield is longer than the shard");
    if (buckets->count() != node.links.size()) refuse(node.id, "the bitfield and the links differ in number");
    for (const auto& link : node.links) {
      auto index = shape_.parse_prefix(link.name);
      if (!index || !buckets->test(*index)) refuse(node.id, "a link is not under a bucket in use");
      if (!children_.empty() && *index <= children_.back().index) refuse(node.id, "the links are out of order");
      children_.push_back({*index, std::string_view(link.name).substr(shape_.prefix_size()), &link});
    }
    if (children_.empty() && used > 0) refuse(node.id, "a shard below another one is empty");
  }

  const std::vector<child>& children() const { return children_; }
  const hamt_shape& shape() const { return shape_; }
  unsigned used_below() const { return used_ + shape_.bits(); }

  const child* find(std::uint64_t hash) const {
    auto index = shape_.index(hash, used_);
    auto at = std::ranges::lower_bound(children_, index, {}, &child::index);
    return at == children_.end() || at->index != index ? nullptr : &*at;
  }

private:
  static std::size_t checked_fanout(const loaded_node& node) {
    if (node.unixfs.type != unixfs_type::hamt_shard) refuse(node.id, "it is no shard of a directory");
    if (node.unixfs.hash_type != murmur3_x64_64) refuse(node.id, "the sharded directory uses an unknown hash");
    auto fanout = node.unixfs.fanout.value_or(0);
    if (!hamt_shape::allows(fanout))
      refuse(node.id, "the sharded directory's fanout is not a power of 2 from 8 to 1024");
    return static_cast<std::size_t>(fanout);
  }

  unsigned used_;
  hamt_shape shape_;
  std::vector<child> children_;
};

std::optional<pb_link> find_sharded(block_store& store, const loaded_node& root, std::string_view name) {
  const auto hash = hamt_shape::hash(name);
  loaded_node held;
  const auto* node = &root;
  std::size_t fanout = 0;
  for (unsigned used = 0;;) {
    shard here(*node, used);
    if (used == 0) fanout = here.shape().fanout();
    else if (here.shape().fanout() != fanout) refuse(node->id, "the shards' fanouts differ");
    const auto* child = here.find(hash);
    if (!child) return {};
    if (!child->name.empty()) {
      if (child->name != name) return {};
      return pb_link{child->link->id, std::string(name), child->link->tsize};
    }
    used = here.used_below();
    held = load(store, content_id(child->link->id));
    node = &held;
  }
}

} // namespace

/// A shard being walked, with the node that owns its links.
struct entry_cursor::level {
  std::unique_ptr<loaded_node> node;
  shard content;
  std::size_t next = 0;
  std::uint64_t path; ///< the bits of the hash that lead here, in the least significant ones
};

entry_cursor::entry_cursor(block_store& store, const loaded_node& directory) : store_(store), directory_(directory) {
  if (directory.unixfs.type == unixfs_type::hamt_shard) levels_.push_back({nullptr, shard(directory, 0), 0, 0});
}

entry_cursor::~entry_cursor() = default;

std::optional<pb_link> entry_cursor::next() {
  if (directory_.unixfs.type == unixfs_type::hamt_shard) return next_sharded();
  if (next_ == directory_.links.size()) return {};
  return directory_.links[next_++];
}

std::optional<pb_link> entry_cursor::next_sharded() {
  while (!levels_.empty()) {
    auto& top = levels_.back();
    if (top.next == top.content.children().size()) {
      levels_.pop_back();
      continue;
    }
    const auto& child = top.content.children()[top.next++];
    const auto fanout = top.content.shape().fanout();
    auto used = top.content.used_below();
    auto path = top.path << top.content.shape().bits() | child.index;
    if (!child.name.empty()) {
      // An entry in a bucket that is not its own could hide from look-ups, or be listed again and again.
      if (hamt_shape::hash(child.name) >> (hamt_shape::hash_bits - used) != path)
        refuse(directory_.id, "the sharded directory's entry " + in_quotes(child.name) + " is in a wrong bucket");
      return pb_link{child.link->id, std::string(child.name), child.link->tsize};
    }
    auto node = std::make_unique<loaded_node>(load(store_, child.link->id));
    shard below(*node, used);
    if (below.shape().fanout() != fanout) refuse(node->id, "the shards' fanouts differ");
    levels_.push_back({std::move(node), std::move(below), 0, path});
  }
  return {};
}

std::optional<pb_link> find_entry(block_store& store, const loaded_node& directory, std::string_view name) {
  if (directory.unixfs.type == unixfs_type::hamt_shard) return find_sharded(store, directory, name);
  auto at = std::ranges::find(directory.links, name, &pb_link::name);
  if (at == directory.links.end()) return {};
  return *at;
}

void for_each_entry(block_store& store, const loaded_node& directory,
                    const std::function<void(const pb_link&)>& visit) {
  entry_cursor entries(store, directory);
  while (auto entry = entries.next()) visit(*entry);
}

} // namespace pillar::ipfs::engine
