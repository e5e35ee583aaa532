/// Something that several coroutines of one actor wait for, and that happens once.
#pragma once

#include "runtime/activity.hpp"

#include <coroutine>
#include <utility>
#include <vector>

namespace pillar {

/// Belongs to one actor, as the coroutines do that wait at it.
class gate {
public:
  gate() = default;
  gate(const gate&) = delete;
  gate& operator=(const gate&) = delete;

  /// Resumes all who wait, in the order in which they came; from now on nobody waits here.
  void open() {
    open_ = true;
    for (auto [by, waiter] : std::exchange(waiting_, {})) by->resume(waiter);
  }

  class waiting_at {
  public:
    explicit waiting_at(gate& at) : at_(at) {}
    bool await_ready() const noexcept { return at_.open_; }
    template <class Promise> void await_suspend(std::coroutine_handle<Promise> waiter) {
      at_.waiting_.emplace_back(waiter.promise().owner, waiter);
    }
    void await_resume() const noexcept {}

  private:
    gate& at_;
  };
  /// `co_await g.opened()` goes on when it is open.
  waiting_at opened() { return waiting_at{*this}; }

private:
  bool open_ = false;
  std::vector<std::pair<activity*, std::coroutine_handle<>>> waiting_;
};

} // namespace pillar
