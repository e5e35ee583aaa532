/// Where blocking work runs, so that it never holds a scheduler thread: a bounded pool of threads with a bounded queue.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pillar {

/// Thread-safe.
class executor {
public:
  using job = std::function<void()>;
  virtual ~executor() = default;
  /// Takes the job, or leaves it and returns false when the queue is full or the executor stops. A job must not throw.
  virtual bool submit(job& work) = 0;
  /// Waits until all that was taken is done; false at the limit.
  virtual bool drain(std::chrono::nanoseconds limit) = 0;
};

class thread_pool final : public executor {
public:
  /// Threads start with the first job.
  thread_pool(std::size_t threads, std::size_t longest_queue)
      : threads_wanted_(threads), longest_queue_(longest_queue) {}
  /// Runs what was taken to its end.
  ~thread_pool() override;

  bool submit(job& work) override;
  bool drain(std::chrono::nanoseconds limit) override;

private:
  void work();
  /// Waits for work a moment without sleeping; one thread at a time does.
  void look_out(std::unique_lock<std::mutex>& lock);

  const std::size_t threads_wanted_;
  const std::size_t longest_queue_;
  std::mutex mutex_;
  std::condition_variable awake_;
  std::condition_variable done_;
  std::deque<job> queue_;
  std::vector<std::thread> threads_;
  std::atomic<std::size_t> queued_ = 0; ///< the queue's size, for a look without the mutex
  std::size_t idle_ = 0;                ///< threads that sleep
  bool looks_out_ = false;
  bool stopping_ = false;
};

} // namespace pillar
