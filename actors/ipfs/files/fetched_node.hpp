/// Nodes that are read and verified before they are needed.
#pragma once

#include "actors/ipfs/files/node_reader.hpp"
#include "actors/ipfs/system/thread_pool.hpp"

#include <atomic>
#include <exception>
#include <memory>

namespace pillar::ipfs::engine {

/// A node that one of the pool's threads loads as soon as it has time, or else the one that asks for it: a busy pool
/// delays nobody.
class fetched_node {
public:
  fetched_node(std::shared_ptr<block_store> store, const content_id& id, thread_pool& pool);
  fetched_node(const fetched_node&) = delete;
  fetched_node& operator=(const fetched_node&) = delete;
  ~fetched_node(); ///< what nobody has begun to load is not loaded any more

  /// The node, once. Throws what `load` throws.
  loaded_node take();

private:
  enum class state : int { waiting, loading, done };

  /// What outlives the object when a thread is at it.
  struct job {
    std::shared_ptr<block_store> store;
    content_id id;
    std::atomic<state> at = state::waiting;
    loaded_node node = {};
    std::exception_ptr thrown = {};

    bool begin(); ///< whether it is the caller's to do
    void run();
  };

  std::shared_ptr<job> job_;
};

} // namespace pillar::ipfs::engine
