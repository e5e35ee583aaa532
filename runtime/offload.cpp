#include "runtime/offload.hpp"

namespace pillar {

offload_base::~offload_base() {
  if (by_ && id != 0) by_->self->forget(*this);
}

bool offload_base::begin(activity& by, std::coroutine_handle<> waiter) {
  auto& self = *by.self;
  by_ = &by;
  waiter_ = waiter;
  if (self.ended()) return true; // never resumed: the frame is about to be destroyed
  auto id = self.new_id();
  self.expect(*this, id, instant::max());
  self.pin(by);
  // The strong pointer keeps the actor object, and the pin the frames, until the job has let go of both.
  executor::job job = [this, id, &by, alive = caf::strong_actor_ptr{self.ctrl()}] {
    work();
    auto* owner = by.self;
    owner->unpin(by, caf::make_mailbox_element(nullptr, caf::make_message_id(id).response_id(), {}, caf::message{}));
  };
  if (self.node().pool->submit(job)) return true;
  job = nullptr;
  self.forget(*this);
  self.unpin(by, nullptr);
  thrown_ = std::make_exception_ptr(
      failure(errc::overloaded,
              std::string(self.own_name().view()) + " found the node's queue of blocking work full: try again later"));
  return false;
}

void offload_base::complete(caf::mailbox_element&) {
  by_->resume(waiter_);
}

} // namespace pillar
