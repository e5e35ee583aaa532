#include "runtime/activity.hpp"

#include "runtime/actor.hpp"

namespace pillar {

duty::duty(caf::mailbox_element& request) : id_(request.mid) {
  if (request.mid.is_request()) to_ = std::move(request.sender);
}

duty& duty::operator=(duty&& other) noexcept {
  std::swap(to_, other.to_);
  std::swap(id_, other.id_);
  return *this;
}

duty::~duty() {
  if (to_) answer(error_letter({errc::abandoned, "the worker ended, or dropped the request, before answering"}));
}

void duty::answer(caf::mailbox_element_ptr reply, caf::execution_unit* here) {
  reply->mid = id_.response_id(); // and no sender: nobody reads it, and it costs four atomic operations
  if (auto to = std::exchange(to_, nullptr)) to->get()->enqueue(std::move(reply), here);
}

void activity::run_frames(std::coroutine_handle<> coroutine) {
  ++depth_;
  coroutine.resume();
  --depth_;
}

void activity::resume(std::coroutine_handle<> coroutine) {
  waits_for = {};
  waits_at = nullptr;
  constexpr auto relaxed = std::memory_order_relaxed; // only the actor's own thread writes them
  auto* outer = self->running_.load(relaxed);
  auto outer_since = self->running_since_.load(relaxed);
  self->running_since_.store(since.time_since_epoch().count(), relaxed);
  self->running_.store(&what, relaxed);
  auto& of = *self;
  run_frames(coroutine);
  if (depth_ == 0) {
    if (dead_) abandon();
    else progressed();
  }
  of.running_since_.store(outer_since, relaxed);
  of.running_.store(outer, relaxed);
}

std::stop_token activity::stop_token() {
  if (!cancellation_) cancellation_ = std::make_unique<cancellation>(*this, asker());
  return cancellation_->source().get_token();
}

void activity::cancel() {
  if (cancellation_) cancellation_->request();
}

void end_activity(activity& a) {
  a.self->unlink(a);
}

} // namespace pillar
