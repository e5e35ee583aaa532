#include "actors/ipfs/system/thread_pool.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs::engine {

thread_pool::thread_pool(unsigned threads) {
  constexpr unsigned most = 8; // one disk cannot take more than so many cores can hash
  auto count = threads != 0 ? threads : std::clamp(std::thread::hardware_concurrency(), 1u, most);
  for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
}

thread_pool::~thread_pool() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void thread_pool::submit(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void thread_pool::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
  }
}

} // namespace pillar::ipfs::engine
