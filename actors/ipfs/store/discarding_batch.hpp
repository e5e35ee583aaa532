/// Writing to nowhere.
#pragma once

#include "actors/ipfs/store/block_store.hpp"

namespace pillar::ipfs::engine {

/// A batch that keeps nothing: for an import that only computes CIDs.
class discarding_batch final : public write_batch {
public:
  void put(const content_id&, block_parts) override {}
  void pin(engine::pin) override {}
  void unpin(const content_id&) override {}
  void commit() override {}
};

} // namespace pillar::ipfs::engine
