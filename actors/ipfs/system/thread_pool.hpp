/// A few threads that hash blocks.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pillar::ipfs::engine {

/// Runs tasks in the order they came, several at once. A task must not throw, nor wait for another one. Tasks may be
/// submitted from any thread; the destructor runs what is queued and joins.
class thread_pool {
public:
  /// `threads` 0: one for each core, at most 8.
  explicit thread_pool(unsigned threads);
  ~thread_pool();

  void submit(std::function<void()> task);
  std::size_t size() const { return threads_.size(); }

private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace pillar::ipfs::engine
