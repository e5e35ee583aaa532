/// task<T>: a coroutine that runs inside one actor. It starts when it is awaited, is resumed by replies to what it
/// asked, never runs on two threads at once, and is destroyed with its actor.
#pragma once

#include "interfaces/error.hpp"
#include "interfaces/recycled.hpp"

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace pillar {

class activity;

template <class T = void> class [[nodiscard]] task;

namespace detail {

/// What every coroutine of an actor knows: the activity it belongs to, and who waits for it.
struct promise_base : recycled {
  activity* owner = nullptr;
  std::coroutine_handle<> continuation;
  std::exception_ptr thrown;

  std::suspend_always initial_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { thrown = std::current_exception(); }

  struct final_awaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise> std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) noexcept {
      auto next = done.promise().continuation;
      return next ? next : std::noop_coroutine();
    }
    void await_resume() noexcept {}
  };
  final_awaiter final_suspend() noexcept { return {}; }
};

template <class T> struct task_promise : promise_base {
  std::optional<T> value;

  task<T> get_return_object();
  template <class U = T>
    requires std::is_constructible_v<T, U&&>
  void return_value(U&& given) {
    value.emplace(std::forward<U>(given));
  }
  T take() {
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*value);
  }
};

template <> struct task_promise<void> : promise_base {
  task<void> get_return_object();
  void return_void() noexcept {}
  void take() {
    if (thrown) std::rethrow_exception(thrown);
  }
};

} // namespace detail

/// Owns its coroutine. `co_await std::move(t)` runs it to its end and gives its value or throws what it threw.
template <class T> class [[nodiscard]] task {
public:
  using promise_type = detail::task_promise<T>;
  using value_type = T;
  using handle_type = std::coroutine_handle<promise_type>;

  explicit task(handle_type coroutine) : coroutine_(coroutine) {}
  task(task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  task& operator=(task&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  ~task() {
    if (coroutine_) coroutine_.destroy();
  }

  handle_type coroutine() const { return coroutine_; }

  struct end_awaiter {
    handle_type awaited;
    bool await_ready() const noexcept { return false; }
    template <class Promise> std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> by) noexcept {
      awaited.promise().owner = by.promise().owner;
      awaited.promise().continuation = by;
      return awaited;
    }
    T await_resume() { return awaited.promise().take(); }
  };
  end_awaiter operator co_await() && noexcept { return {coroutine_}; }

private:
  handle_type coroutine_;
};

namespace detail {
template <class T> task<T> task_promise<T>::get_return_object() {
  return task<T>{std::coroutine_handle<task_promise>::from_promise(*this)};
}
inline task<void> task_promise<void>::get_return_object() {
  return task<void>{std::coroutine_handle<task_promise>::from_promise(*this)};
}
} // namespace detail

} // namespace pillar
