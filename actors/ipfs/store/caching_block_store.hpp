/// A store whose small blocks, once read, are at hand in memory.
#pragma once

#include "actors/ipfs/store/block_cache.hpp"
#include "actors/ipfs/store/block_store.hpp"

namespace pillar::ipfs::engine {

/// Everything is the other store's, which nobody else may remove blocks from. A block that is at hand was verified when
/// it was read: what happens to its copy on disk afterwards is seen by `verify_all` and after the next opening.
class caching_block_store final : public block_store {
public:
  /// Of `capacity` bytes, with what it takes to find them.
  caching_block_store(std::shared_ptr<block_store> store, std::size_t capacity)
      : store_(std::move(store)), cache_(capacity) {}

  std::optional<bytes> get(const content_id& id) override;
  std::optional<bytes> get_at_once(const content_id& id) override;
  bool remove(const content_id& id) override;
  collected_garbage collect_garbage(const std::function<void(const content_id& id)>& removed,
                                    std::stop_token stop) override;

  std::optional<std::uint64_t> size_of(const content_id& id) override { return store_->size_of(id); }
  std::unique_ptr<write_batch> begin() override { return store_->begin(); }
  std::optional<engine::pin> find_pin(const content_id& root) override { return store_->find_pin(root); }
  void for_each_pin(const std::function<void(const engine::pin&)>& visit) override { store_->for_each_pin(visit); }
  void for_each_block(const std::function<void(const content_id& id, std::uint64_t size)>& visit) override {
    store_->for_each_block(visit);
  }
  std::optional<std::uint64_t> number_of(const content_id& id) override { return store_->number_of(id); }
  std::uint64_t verify_all(const std::function<void(const content_id& id, std::string_view problem)>& report,
                           const std::function<void(std::uint64_t read)>& progress, std::stop_token stop) override {
    return store_->verify_all(report, progress, std::move(stop));
  }
  store_stats stats() override { return store_->stats(); }
  std::string identity() const override { return store_->identity(); }

private:
  const std::shared_ptr<block_store> store_;
  block_cache cache_;
};

} // namespace pillar::ipfs::engine
