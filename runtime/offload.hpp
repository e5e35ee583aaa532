/// co_await offload(f): runs f on the node's bounded pool and resumes with what it returns, or throws what it threw.
///
/// f may use the coroutine's locals and the actor by reference: neither is destroyed before f has returned, even when
/// the actor is killed meanwhile. What f shares with other requests of the actor is f's to guard. A full queue is
/// `overloaded`. A running f cannot be interrupted: long work looks at a deadline or a stop token by itself.
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
  using R = std::invoke_result_t<F&>;

public:
  explicit offload(F f) : f_(std::move(f)) {}
  offload(offload&& from) : f_(std::move(from.f_)) {} // before it is awaited
  R await_resume() {
    if (thrown_) std::rethrow_exception(thrown_);
    if constexpr (!std::is_void_v<R>) return std::move(*value_);
  }

private:
  void work() override {
    try {
      if constexpr (std::is_void_v<R>) f_();
      else value_.emplace(f_());
    } catch (...) {
      thrown_ = std::current_exception();
    }
  }

  F f_;
  std::optional<std::conditional_t<std::is_void_v<R>, std::monostate, R>> value_;
};

} // namespace pillar
