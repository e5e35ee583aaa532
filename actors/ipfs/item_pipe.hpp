/// Items from a function that calls back, for a reader that asks for them.
#pragma once

#include "interfaces/error.hpp"

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace pillar::ipfs {

/// Runs a producer in a thread of its own, at most `capacity` items ahead of its reader.
template <class T> class item_pipe {
public:
  using emit = std::function<void(T)>; ///< waits for room; throws cancelled when the reader has gone
  using producer = std::function<void(const emit&, std::stop_token)>;

  item_pipe(producer make, std::size_t capacity)
      : capacity_(capacity), thread_([this, make = std::move(make)](const std::stop_token& stop) { run(make, stop); }) {
  }
  item_pipe(const item_pipe&) = delete;
  item_pipe& operator=(const item_pipe&) = delete;

  /// Tells the producer to stop, without waiting for it as the destructor does.
  void abandon() { thread_.request_stop(); }

  /// All that there are, at least one; waits for it. Nothing at the end. Throws what the producer threw.
  std::vector<T> next_batch() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !items_.empty() || over_; });
    if (items_.empty() && thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
    auto batch = std::exchange(items_, {});
    lock.unlock();
    changed_.notify_all();
    return batch;
  }

private:
  void run(const producer& make, const std::stop_token& stop) {
    std::exception_ptr thrown;
    try {
      make([&](T item) { put(std::move(item), stop); }, stop);
    } catch (...) {
      thrown = std::current_exception();
    }
    std::lock_guard lock(mutex_);
    over_ = true;
    thrown_ = thrown;
    changed_.notify_all();
  }
  void put(T item, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return items_.size() < capacity_; }) || stop.stop_requested())
      throw failure(errc::cancelled, "nobody reads it any more");
    items_.push_back(std::move(item));
    lock.unlock();
    changed_.notify_all();
  }

  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<T> items_;
  bool over_ = false;
  std::exception_ptr thrown_;
  std::jthread thread_; // last: it uses the rest
};

} // namespace pillar::ipfs
