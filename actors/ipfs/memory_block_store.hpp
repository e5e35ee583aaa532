/// Blocks in memory, which live and die with the store: for tests, and for nodes that keep nothing.
#pragma once

#include "actors/ipfs/block_store.hpp"

#include <map>
#include <shared_mutex>
#include <unordered_map>

namespace pillar::ipfs::engine {

class memory_block_store : public block_store {
public:
  memory_block_store();

  std::optional<bytes> get(const content_id& id) override;
  std::optional<std::uint64_t> size_of(const content_id& id) override;
  std::unique_ptr<write_batch> begin() override;
  std::optional<engine::pin> find_pin(const content_id& root) override;
  std::string identity() const override { return identity_; }

private:
  class batch;

  const std::string identity_;
  std::shared_mutex mutex_;
  std::unordered_map<multihash, bytes> blocks_;
  std::map<content_id, engine::pin> pins_;
};

} // namespace pillar::ipfs::engine
