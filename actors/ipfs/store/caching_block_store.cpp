#include "actors/ipfs/store/caching_block_store.hpp"

namespace pillar::ipfs::engine {

std::optional<bytes> caching_block_store::get(const content_id& id) {
  if (auto block = get_at_once(id)) return block;
  auto removals = cache_.removals();
  auto block = store_->get(id);
  if (block) cache_.put(id.hash(), *block, removals);
  return block;
}

std::optional<bytes> caching_block_store::get_at_once(const content_id& id) {
  if (auto block = store_->get_at_once(id)) return block;
  return cache_.get(id.hash());
}

bool caching_block_store::remove(const content_id& id) {
  auto was_here = store_->remove(id);
  cache_.erase(id.hash());
  return was_here;
}

collected_garbage caching_block_store::collect_garbage(const std::function<void(const content_id& id)>& removed,
                                                       std::stop_token stop) {
  struct clearing { // what it removed without telling, before it failed
    block_cache& cache;
    ~clearing() { cache.clear(); }
  } at_end{cache_};
  return store_->collect_garbage(
      [&](const content_id& id) {
        cache_.erase(id.hash());
        if (removed) removed(id);
      },
      std::move(stop));
}

} // namespace pillar::ipfs::engine
