#include "runtime/executor.hpp"

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
  {
    std::lock_guard lock{mutex_};
    if (stopping_ || queue_.size() >= longest_queue_) return false;
    queue_.push_back(std::move(work));
    if (idle_ < queue_.size() && threads_.size() < threads_wanted_) threads_.emplace_back([this] { this->work(); });
  }
  awake_.notify_one(); // not while the mutex is held: the thread would wake only to wait for it
  return true;
}

bool thread_pool::drain(std::chrono::nanoseconds limit) {
  std::unique_lock lock{mutex_};
  return done_.wait_for(lock, limit, [this] { return queue_.empty() && idle_ == threads_.size(); });
}

void thread_pool::work() {
  std::unique_lock lock{mutex_};
  while (true) {
    ++idle_;
    if (queue_.empty()) done_.notify_all();
    awake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty()) return;
    auto next = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    next();
    next = nullptr; // what it holds goes before the thread waits
    lock.lock();
  }
}

} // namespace pillar
