#include "runtime/scheduler.hpp"

#include "runtime/spin.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/detail/set_thread_name.hpp>
#include <caf/resumable.hpp>

#include <algorithm>

namespace pillar {

namespace {
constexpr auto own_policy = caf::atom("pillar");
}

/// One thread, and what it runs next.
class scheduler::runner final : public caf::execution_unit {
public:
  explicit runner(scheduler& of) : caf::execution_unit(&of.system()), of_(of) {}

  void start() {
    thread_ = std::thread{[this] { // CAF's log is not set up for it: Debian's CAF has none compiled in
      caf::detail::set_thread_name("pillar.actors");
      system().thread_started();
      run();
      system().thread_terminates();
    }};
  }
  void join() { thread_.join(); }

  /// By an actor that runs here, of one that got mail from it.
  void exec_later(caf::resumable* job) override {
    if (next_.load(std::memory_order_relaxed)) return of_.enqueue(job);
    next_.store(job, std::memory_order_release);
    if (of_.unwatched_.load(std::memory_order_relaxed)) of_.begin_watch();
  }

  /// By the thread that watches: what would run next, if the same actor as at the last look is still running.
  caf::resumable* take_if_stuck() {
    auto turns = turns_.load(std::memory_order_relaxed);
    if (std::exchange(turns_seen_, turns) != turns || !next_.load(std::memory_order_relaxed)) return nullptr;
    return next_.exchange(nullptr, std::memory_order_acquire);
  }

private:
  void run() {
    while (auto* job = next()) {
      turns_.store(turns_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      switch (job->resume(this, of_.max_throughput())) {
        case caf::resumable::resume_later: after_ = job; break;
        default: caf::intrusive_ptr_release(job);
      }
    }
  }

  caf::resumable* next() {
    auto* job = next_.load(std::memory_order_relaxed) ? next_.exchange(nullptr, std::memory_order_acquire) : nullptr;
    if (auto* back = std::exchange(after_, nullptr)) {
      if (job) return of_.enqueue(back), job;
      job = back;
      in_a_row_ = longest_run;
    }
    if (!job || of_.queued_.load(std::memory_order_relaxed) == 0) in_a_row_ = 0;
    else if (++in_a_row_ > longest_run) in_a_row_ = 0, job = of_.swap(job);
    return job ? job : of_.take();
  }

  scheduler& of_;
  std::thread thread_;
  std::atomic<caf::resumable*> next_{nullptr}; // filled here only, taken also by the thread that watches
  caf::resumable* after_ = nullptr;            // had its turn and has more to do
  unsigned in_a_row_ = 0;
  std::atomic<std::uint64_t> turns_{0};
  std::uint64_t turns_seen_ = 0; // of the thread that watches
};

void scheduler::use_in(caf::actor_system_config& config) {
  if (caf::get_or(config, "scheduler.policy", own_policy) != own_policy) return;
  config.module_factories.push_back(
      [](caf::actor_system& system) -> caf::actor_system::module* { return new scheduler(system); });
}

scheduler::scheduler(caf::actor_system& system) : abstract_coordinator(system) {}
scheduler::~scheduler() = default;

void scheduler::start() {
  for (std::size_t i = 0; i < num_workers(); ++i) runners_.push_back(std::make_unique<runner>(*this));
  for (auto& r : runners_) r->start();
  timer_ = std::thread{[this] {
    caf::detail::set_thread_name("pillar.clock");
    system().thread_started();
    clock_.run_dispatch_loop();
    system().thread_terminates();
  }};
  abstract_coordinator::start();
}

void scheduler::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  work_.notify_all();
  for (auto& r : runners_) r->join();
  stop_actors();
  while (!queue_.empty()) {
    auto* job = queue_.front();
    queue_.pop_front();
    cleanup_and_release(job);
  }
  clock_.cancel_dispatch_loop();
  timer_.join();
}

void scheduler::enqueue(caf::resumable* job) {
  std::unique_lock lock{mutex_};
  queue_.push_back(job);
  queued_.store(queue_.size(), std::memory_order_relaxed);
  if (!looks_out_ || queue_.size() > 1) wake_one(lock);
}

/// The oldest in the queue; waits for one. Null when the scheduler stops.
caf::resumable* scheduler::take() {
  std::unique_lock lock{mutex_};
  while (queue_.empty()) {
    if (stopping_) return nullptr;
    look_out(lock);
    if (!queue_.empty()) break;
    if (stopping_) return nullptr;
    sleep(lock);
    if (!queue_.empty()) break;
    if (auto* job = rescued()) return job;
  }
  auto* job = queue_.front();
  queue_.pop_front();
  queued_.store(queue_.size(), std::memory_order_relaxed);
  if (!queue_.empty()) wake_one(lock);
  return job;
}

/// Puts a job behind those that wait, and takes the oldest.
caf::resumable* scheduler::swap(caf::resumable* job) {
  std::lock_guard lock{mutex_};
  queue_.push_back(job);
  job = queue_.front();
  queue_.pop_front();
  return job;
}

/// Waits a moment without sleeping, if no other runner does.
void scheduler::look_out(std::unique_lock<std::mutex>& lock) {
  if (looks_out_) return;
  looks_out_ = true;
  lock.unlock();
  spin_until([this] { return queued_.load(std::memory_order_relaxed) > 0; });
  lock.lock();
  looks_out_ = false;
}

/// Releases the lock first: a runner that wakes while it is held only waits for it.
void scheduler::wake_one(std::unique_lock<std::mutex>& lock) {
  if (asleep_ == 0 || waking_) return;
  waking_ = true;
  lock.unlock();
  work_.notify_one();
}

/// Until there may be work: something was queued, or, for the one that watches, it is time to look.
void scheduler::sleep(std::unique_lock<std::mutex>& lock) {
  ++asleep_;
  if (asleep_ < runners_.size() && !watching_) {
    watching_ = true;
    unwatched_ = false;
    work_.wait_for(lock, patience);
    watching_ = false;
  } else {
    unwatched_ = !watching_;
    work_.wait(lock);
  }
  --asleep_;
  waking_ = false;
  unwatched_ = asleep_ > 0 && !watching_;
}

/// What waits behind an actor that has been running for a while.
caf::resumable* scheduler::rescued() {
  for (auto& r : runners_)
    if (auto* job = r->take_if_stuck()) return job;
  return nullptr;
}

/// Wakes a thread, which finds nothing to do and watches.
void scheduler::begin_watch() {
  std::unique_lock lock{mutex_};
  if (unwatched_.exchange(false)) wake_one(lock);
}

} // namespace pillar
