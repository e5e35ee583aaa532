/// co_await available(handle, 5s): until some worker serves what the handle leads to.
#pragma once

#include "interfaces/handle.hpp"
#include "runtime/actor.hpp"

#include <coroutine>

namespace pillar {

/// Throws failure: unavailable, with the reason, when the time is over or the service was given up.
class [[nodiscard]] available final : public awaiter {
public:
  template <class Interface>
  available(const handle<Interface>& of, duration limit) : route_(of.target()), limit_(limit) {}
  available(available&& from) noexcept : route_(std::move(from.route_)), limit_(from.limit_) {} // before it is awaited
  ~available();

  bool await_ready() const { return settled(); }
  template <class Promise> bool await_suspend(std::coroutine_handle<Promise> by) {
    return begin(*by.promise().owner, by);
  }
  void await_resume() const;

private:
  bool settled() const;
  bool begin(activity& by, std::coroutine_handle<> waiter);
  void complete(caf::mailbox_element&) override {}
  void expire() override;

  std::shared_ptr<route> route_;
  duration limit_;
  std::shared_ptr<void> watch_;
  activity* by_ = nullptr;
  std::coroutine_handle<> waiter_;
};

} // namespace pillar
