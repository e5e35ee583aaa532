/// The balanced layout of a file: leaves at equal depth under nodes with up to `max_links` links, filled from the left
/// (UnixFS specification, section Layout).
#pragma once

#include "actors/ipfs/files/layout_builder.hpp"

namespace pillar::ipfs::engine {

/// For at least two leaves: a single one has no node above it.
class balanced_builder final : public layout_builder {
public:
  explicit balanced_builder(const node_writer& writer) : writer_(writer) {}

  void add(imported leaf) override;
  imported finish(const unixfs_metadata& metadata) override;

private:
  void add(std::size_t level, imported child);
  imported close(std::size_t level, const unixfs_metadata& metadata);

  const node_writer& writer_;
  std::vector<std::vector<imported>> levels_;
};

} // namespace pillar::ipfs::engine
