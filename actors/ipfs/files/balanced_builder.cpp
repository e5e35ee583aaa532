#include "actors/ipfs/files/balanced_builder.hpp"

#include <utility>

namespace pillar::ipfs::engine {

void balanced_builder::add(imported leaf) {
  add(0, std::move(leaf));
}

void balanced_builder::add(std::size_t level, imported child) {
  if (level == levels_.size()) levels_.emplace_back();
  // A full node is closed only when more comes: the last one may turn out to be the root.
  if (levels_[level].size() == writer_.options().max_links) add(level + 1, close(level, {}));
  levels_[level].push_back(std::move(child));
}

imported balanced_builder::close(std::size_t level, const unixfs_metadata& metadata) {
  return write_file_node(writer_, std::exchange(levels_[level], {}), metadata);
}

imported balanced_builder::finish(const unixfs_metadata& metadata) {
  for (std::size_t level = 0; level + 1 < levels_.size(); ++level) add(level + 1, close(level, {}));
  return close(levels_.size() - 1, metadata);
}

} // namespace pillar::ipfs::engine
