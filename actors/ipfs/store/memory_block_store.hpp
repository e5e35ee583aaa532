/// Blocks in memory, which live and die with the store: for tests, and for nodes that keep nothing.
#pragma once

#include "actors/ipfs/store/block_store.hpp"
#include "actors/ipfs/store/touched_blocks.hpp"

#include <condition_variable>
#include <map>
#include <optional>
#include <set>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace pillar::ipfs::engine {

class memory_block_store : public block_store {
public:
  memory_block_store();

  std::optional<bytes> get(const content_id& id) override;
  std::optional<std::uint64_t> size_of(const content_id& id) override;
  std::unique_ptr<write_batch> begin() override;
  std::optional<engine::pin> find_pin(const content_id& root) override;
  void for_each_pin(const std::function<void(const engine::pin&)>& visit) override;
  void for_each_block(const std::function<void(const content_id& id, std::uint64_t size)>& visit) override;
  std::optional<std::uint64_t> number_of(const content_id& id) override;
  bool remove(const content_id& id) override;
  collected_garbage collect_garbage(const std::function<void(const content_id& id)>& removed = {},
                                    std::stop_token stop = {}) override;
  std::uint64_t verify_all(const std::function<void(const content_id& id, std::string_view problem)>& report,
                           const std::function<void(std::uint64_t read)>& progress = {},
                           std::stop_token stop = {}) override;
  store_stats stats() override;
  std::string identity() const override { return identity_; }

private:
  class batch;

  struct stored_block {
    bytes content;
    std::uint64_t number = 0; ///< ascending from 1
  };

  /// A collection that is under way.
  struct collection {
    touched_blocks kept; ///< by batches that ended meanwhile
    std::vector<engine::pin> new_pins;
  };

  bool is_kept(const multihash& hash) const;
  std::vector<multihash> hashes();
  collected_garbage collect(const std::function<void(const content_id& id)>& removed, const std::stop_token& stop);

  const std::string identity_;
  std::shared_mutex mutex_;
  std::unordered_map<multihash, stored_block> blocks_;
  std::uint64_t last_number_ = 0;
  std::map<content_id, engine::pin> pins_;
  std::set<const touched_blocks*> batches_; ///< what the open ones put or kept
  std::optional<collection> collection_;
  std::condition_variable_any collected_;
};

} // namespace pillar::ipfs::engine
