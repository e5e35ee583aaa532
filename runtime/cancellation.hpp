/// When nobody can use what a request leads to any more, its long work should end: what an offloaded function learns
/// from its stop token.
#pragma once

#include "runtime/pending.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_control_block.hpp>

#include <coroutine>
#include <stop_token>

namespace pillar {

class activity;

/// Watches the time of one activity, and who asked for it. In its actor's thread.
class cancellation final : private awaiter {
public:
  /// `asker` may be null: nobody is watched.
  cancellation(activity& of, const caf::strong_actor_ptr& asker);
  ~cancellation();

  const std::stop_source& source() const { return source_; }
  const caf::actor_addr& asker() const { return asker_; }
  void request() { source_.request_stop(); }

private:
  void complete(caf::mailbox_element&) override {}
  void expire() override { request(); }

  activity& of_;
  caf::actor_addr asker_;
  std::stop_source source_;
};

/// co_await own_stop_token{}: a token that is requested when nobody can use the outcome of the request, or stream, that
/// is being served: its time is over, who asked has ended or does not read on, or this actor has ended. It outlives the
/// request.
class [[nodiscard]] own_stop_token {
public:
  bool await_ready() const noexcept { return false; }
  template <class Promise> bool await_suspend(std::coroutine_handle<Promise> by) {
    token_ = by.promise().owner->stop_token();
    return false;
  }
  std::stop_token await_resume() noexcept { return std::move(token_); }

private:
  std::stop_token token_;
};

} // namespace pillar
