#include "actors/ipfs/files/file_reader.hpp"

#include "interfaces/error.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t deepest_file = 64; // levels; Kubo's files need 5 for an exabyte
constexpr std::size_t most_ahead = 8;    // blocks of at most 2 MiB

} // namespace

file_reader::file_reader(std::shared_ptr<block_store> store, loaded_node root, std::uint64_t offset,
                         std::optional<std::uint64_t> length, std::shared_ptr<thread_pool> pool)
    : store_(std::move(store)), pool_(std::move(pool)), skip_(offset), remaining_(0) {
  if (!root.is_file())
    throw failure(errc::bad_request,
                  root.id.to_string()
                      + (root.is_directory() ? " is a directory: name a file in it, or get it as a tree"
                                             : " is a symbolic link and has no content"));
  auto size = content_size(root);
  if (offset < size) remaining_ = std::min(size - offset, length.value_or(size));
  if (remaining_ > 0) enter(std::move(root), size);
}

/// Takes up a node that must hold `size` bytes: its own content comes first, then its links'.
void file_reader::enter(loaded_node node, std::uint64_t size) {
  if (!node.is_file()) refuse(node.id, "it is a part of a file, and no file itself");
  if (content_size(node) != size) refuse(node.id, "it holds another number of bytes than the node above it says");
  if (levels_.size() == deepest_file) refuse(node.id, "the file is nested deeper than 64 levels");
  auto own = node.data();
  auto passed = std::min<std::uint64_t>(skip_, own.size());
  skip_ -= passed;
  content_ = own.subspan(passed);
  if (node.links.empty()) {
    block_ = std::move(node.block); // the view into it stays valid
    return;
  }
  if (!content_.empty()) {
    block_.assign(content_.begin(), content_.end());
    content_ = block_;
  }
  levels_.push_back({std::move(node), 0});
}

/// Goes to the next link that holds wanted bytes. Parts without content are never read: they could be endless.
void file_reader::descend() {
  while (!levels_.empty()) {
    auto& top = levels_.back();
    auto index = top.next;
    if (index == top.node.links.size()) {
      levels_.pop_back();
      continue;
    }
    ++top.next;
    auto size = top.node.unixfs.block_sizes[index];
    if (size <= skip_) {
      skip_ -= size;
      continue;
    }
    return enter(take_child(top, index, size), size);
  }
  throw failure(errc::internal, "a file ended before its size: this is a defect of the reader");
}

/// Loads a link's node, of `size` bytes, or takes it from those that were loaded ahead.
loaded_node file_reader::take_child(level& top, std::size_t index, std::uint64_t size) {
  if (!pool_) return load(*store_, top.node.links[index].id);
  std::unique_ptr<fetched_node> fetched;
  if (!top.ahead.empty()) {
    fetched = std::move(top.ahead.front());
    top.ahead.pop_front();
    --fetching_;
  }
  if (size <= largest_block) fetch_ahead(size - skip_); // or else what comes next is in it, and not known yet
  return fetched ? fetched->take() : load(*store_, top.node.links[index].id);
}

/// Starts to load what comes behind the next `found` bytes, as far as it is wanted.
void file_reader::fetch_ahead(std::uint64_t found) {
  for (auto at = levels_.rbegin(); at != levels_.rend(); ++at) {
    const auto& sizes = at->node.unixfs.block_sizes;
    // Of what is not next in line one node is enough: its links come before its neighbours.
    auto most = at == levels_.rbegin() ? most_ahead : 1;
    std::size_t seen = 0;
    for (auto index = at->next; index < sizes.size() && found < remaining_; ++index) {
      if (sizes[index] == 0) continue;
      if (seen++ == at->ahead.size()) {
        if (fetching_ == most_ahead || seen > most) return;
        at->ahead.push_back(std::make_unique<fetched_node>(store_, at->node.links[index].id, *pool_));
        ++fetching_;
      }
      if (sizes[index] > largest_block) return;
      found += sizes[index];
    }
  }
}

bytes file_reader::take_piece() {
  auto size = static_cast<std::size_t>(std::min<std::uint64_t>({content_.size(), remaining_, largest_piece}));
  remaining_ -= size;
  if (size < content_.size() || size * 2 < block_.size()) {
    bytes piece(content_.begin(), content_.begin() + static_cast<std::ptrdiff_t>(size));
    content_ = content_.subspan(size);
    return piece;
  }
  // The usual leaf: its block becomes the piece, with the frame cut off in place.
  auto begin = content_.data() - block_.data();
  content_ = {};
  auto piece = std::exchange(block_, {});
  piece.erase(piece.begin() + begin + static_cast<std::ptrdiff_t>(size), piece.end());
  piece.erase(piece.begin(), piece.begin() + begin);
  return piece;
}

std::optional<bytes> file_reader::next() {
  if (remaining_ == 0) return {};
  try {
    while (content_.empty()) descend();
  } catch (...) {
    remaining_ = 0;
    throw;
  }
  return take_piece();
}

} // namespace pillar::ipfs::engine
