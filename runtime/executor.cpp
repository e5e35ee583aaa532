#include "runtime/executor.hpp"

#include "runtime/spin.hpp"

namespace pillar {

thread_pool::~thread_pool() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  awake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool thread_pool::submit(job& work) {
  bool is_expected = false;
  {
    std::lock_guard lock{mutex_};
    if (stopping_ || queue_.size() >= longest_queue_) return false;
    queue_.push_back(std::move(work));
    queued_.store(queue_.size(), std::memory_order_relaxed);
    is_expected = looks_out_ && queue_.size() == 1;
    if (idle_ + looks_out_ < queue_.size() && threads_.size() < threads_wanted_)
      threads_.emplace_back([this] { this->work(); });
  }
  if (!is_expected) awake_.notify_one(); // not while the mutex is held: the thread would wake only to wait for it
  return true;
}

bool thread_pool::drain(std::chrono::nanoseconds limit) {
  std::unique_lock lock{mutex_};
  return done_.wait_for(lock, limit, [this] { return queue_.empty() && idle_ + looks_out_ == threads_.size(); });
}

void thread_pool::work() {
  std::unique_lock lock{mutex_};
  while (true) {
    if (queue_.empty()) look_out(lock);
    ++idle_;
    if (queue_.empty()) done_.notify_all();
    awake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty()) return;
    auto next = std::move(queue_.front());
    queue_.pop_front();
    queued_.store(queue_.size(), std::memory_order_relaxed);
    lock.unlock();
    next();
    next = nullptr; // what it holds goes before the thread waits
    lock.lock();
  }
}

void thread_pool::look_out(std::unique_lock<std::mutex>& lock) {
  if (looks_out_) return;
  looks_out_ = true;
  done_.notify_all();
  lock.unlock();
  spin_until([this] { return queued_.load(std::memory_order_relaxed) > 0; });
  lock.lock();
  looks_out_ = false;
}

} // namespace pillar
