/// The threads that run a node's actors: CAF's scheduler, replaced. CAF's own spend a third of an ask on searching a
/// class hierarchy for their log's sake, on a lock and an allocation for every turn, and wake a thread for every
/// message.
///
/// Here an actor that gets mail from the actor that runs is the next that its thread runs: no lock is taken and no
/// other thread woken, and the mail is still in the thread's cache. Everything else waits in one queue. Threads without
/// work sleep; one of them looks every millisecond, as long as others run, for an actor that waits behind one that does
/// not come to an end.
#pragma once

#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/execution_unit.hpp>
#include <caf/fwd.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace pillar {

/// A module of CAF's actor system, which owns it; takes scheduler.max-threads and scheduler.max-throughput.
class scheduler final : public caf::scheduler::abstract_coordinator {
public:
  /// Makes actor systems of this configuration use it, unless the configuration asks for one of CAF's own.
  static void use_in(caf::actor_system_config& config);

  explicit scheduler(caf::actor_system& system);
  ~scheduler() override;

  void enqueue(caf::resumable* job) override;
  caf::actor_clock& clock() noexcept override { return clock_; }

private:
  class runner;

  /// Turns in a row that a thread takes without looking at the queue.
  static constexpr unsigned longest_run = 16;
  /// How long an actor waits for the one that runs before it, at most two times this, while a thread sleeps.
  static constexpr auto patience = std::chrono::milliseconds(1);

  void start() override;
  void stop() override;

  caf::resumable* take();
  caf::resumable* swap(caf::resumable* job);
  caf::resumable* rescued();
  void look_out(std::unique_lock<std::mutex>& lock);
  void sleep(std::unique_lock<std::mutex>& lock);
  void wake_one(std::unique_lock<std::mutex>& lock);
  void begin_watch();

  caf::detail::thread_safe_actor_clock clock_;
  std::thread timer_;
  std::vector<std::unique_ptr<runner>> runners_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<caf::resumable*> queue_;
  std::atomic<std::size_t> queued_{0}; // the queue's size
  bool looks_out_ = false;
  std::size_t asleep_ = 0;
  bool waking_ = false; // one at a time is enough: it wakes the next if there is more to do
  bool watching_ = false;
  bool stopping_ = false;
  std::atomic<bool> unwatched_{false}; // threads sleep, and none of them watches
};

} // namespace pillar
