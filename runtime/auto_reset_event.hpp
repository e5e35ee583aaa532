/// co_await event.wait(): until another thread, or another handler, calls set().
#pragma once

#include "runtime/actor.hpp"

#include <coroutine>
#include <functional>
#include <memory>

namespace pillar {

/// Copies are the same event. One set() lets one wait() go on; several before it count as one. For what comes to an
/// actor from outside of all actors, such as the messages of a subscription: while a stream's producer waits here, its
/// reader is told that there is nothing yet, however long that lasts.
class auto_reset_event {
public:
  class [[nodiscard]] waiting;

  auto_reset_event();
  void set() { setter_(); }
  /// set(), to be handed to others: it may be called from any thread, and after the event is gone.
  const std::function<void()>& setter() const { return setter_; }
  /// One coroutine at a time.
  waiting wait();

private:
  struct state;
  std::shared_ptr<state> state_;
  std::function<void()> setter_;
};

class auto_reset_event::waiting final : public awaiter {
public:
  explicit waiting(std::shared_ptr<state> on) : on_(std::move(on)) {}
  ~waiting();
  bool await_ready() const;
  template <class Promise> bool await_suspend(std::coroutine_handle<Promise> by) {
    return begin(*by.promise().owner, by);
  }
  void await_resume() const {}

private:
  bool begin(activity& by, std::coroutine_handle<> waiter);
  void complete(caf::mailbox_element&) override {}
  void expire() override;

  std::shared_ptr<state> on_;
  activity* by_ = nullptr;
  std::coroutine_handle<> waiter_;
};

inline auto_reset_event::waiting auto_reset_event::wait() {
  return waiting{state_};
}

} // namespace pillar
