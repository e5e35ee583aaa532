/// co_await offload(f): runs f on the node's bounded pool and resumes with what it returns, or throws what it threw.
///
/// f may use the coroutine's locals and the actor by reference: neither is destroyed before f has returned, even when
/// the actor is killed meanwhile. What f shares with other requests of the actor is f's to guard. A full queue is
/// `overloaded`. A running f cannot be interrupted: long work takes a std::stop_token, which is requested when nobody
/// can use its outcome any more (see own_stop_token), and ends by itself.
#pragma once

#include "runtime/actor.hpp"

#include <coroutine>
#include <exception>
#include <optional>
#include <variant>

namespace pillar {

/// What all offloads share.
class offload_base : public awaiter {
public:
  offload_base() = default;
  ~offload_base();
  bool await_ready() const noexcept { return false; }
  template <class Promise> bool await_suspend(std::coroutine_handle<Promise> by) {
    return begin(*by.promise().owner, by);
  }

protected:
  virtual void work() = 0; ///< in the pool
  std::exception_ptr thrown_;

private:
  bool begin(activity& by, std::coroutine_handle<> waiter);
  void complete(caf::mailbox_element&) final;
  void expire() final {}

  activity* by_ = nullptr;
  std::coroutine_handle<> waiter_;
};

template <class F> class [[nodiscard]] offload final : public offload_base {
  static constexpr bool is_stoppable = std::is_invocable_v<F&, std::stop_token>;
  using R =
      typename std::conditional_t<is_stoppable, std::invoke_result<F&, std::stop_token>, std::invoke_result<F&>>::type;

public:
  explicit offload(F f) : f_(std::move(f)) {}
  offload(offload&& from) : f_(std::move(from.f_)) {} // before it is awaited
  template <class Promise> bool await_suspend(std::coroutine_handle<Promise> by) {
    if constexpr (is_stoppable) stop_ = by.promise().owner->stop_token();
    return offload_base::await_suspend(by);
  }
  R await_resume() {
    if (thrown_) std::rethrow_exception(thrown_);
    if constexpr (!std::is_void_v<R>) return std::move(*value_);
  }

private:
  void work() override {
    try {
      if constexpr (std::is_void_v<R>) call();
      else value_.emplace(call());
    } catch (...) {
      thrown_ = std::current_exception();
    }
  }

  R call() {
    if constexpr (is_stoppable) return f_(std::move(stop_));
    else return f_();
  }

  F f_;
  std::conditional_t<is_stoppable, std::stop_token, std::monostate> stop_;
  std::optional<std::conditional_t<std::is_void_v<R>, std::monostate, R>> value_;
};

} // namespace pillar
