#include "actors/ipfs/files/fetched_node.hpp"

#include <utility>

namespace pillar::ipfs::engine {

bool fetched_node::job::begin() {
  auto expected = state::waiting;
  return at.compare_exchange_strong(expected, state::loading);
}

void fetched_node::job::run() {
  try {
    node = load(*store, id);
  } catch (...) {
    thrown = std::current_exception();
  }
  at = state::done;
  at.notify_all();
}

fetched_node::fetched_node(std::shared_ptr<block_store> store, const content_id& id, thread_pool& pool)
    : job_(std::make_shared<job>(std::move(store), id)) {
  pool.submit([job = job_] {
    if (job->begin()) job->run();
  });
}

fetched_node::~fetched_node() {
  job_->begin();
}

loaded_node fetched_node::take() {
  if (job_->begin()) job_->run();
  job_->at.wait(state::loading);
  if (job_->thrown) std::rethrow_exception(std::exchange(job_->thrown, nullptr));
  return std::move(job_->node);
}

} // namespace pillar::ipfs::engine
