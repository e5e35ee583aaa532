#include "runtime/available.hpp"

namespace pillar {

available::~available() {
  if (by_ && id != 0) by_->self->forget(*this);
}

bool available::settled() const {
  if (!route_) return true;
  auto state = route_->state();
  return state == availability::available || state == availability::given_up;
}

bool available::begin(activity& by, std::coroutine_handle<> waiter) {
  auto& self = *by.self;
  if (self.ended()) return true; // never resumed: the frame is about to be destroyed
  by_ = &by;
  waiter_ = waiter;
  auto ticket = self.new_id();
  self.expect(*this, ticket, self.now() + limit_);
  by.waits_for = route_->interface();
  // A change is looked at in the actor's own thread, where the ticket tells whether this still waits.
  caf::weak_actor_ptr me{self.ctrl()};
  watch_ = route_->watch([me, ticket](const route&) {
    if (auto alive = caf::actor_cast<caf::strong_actor_ptr>(me))
      actor::send_errand(alive, [ticket](actor& owner) {
        if (auto* waiting = owner.waiting_for(ticket); waiting && static_cast<available*>(waiting)->settled()) {
          owner.forget(*waiting);
          waiting->expire();
        }
      });
  });
  if (!settled()) return true;
  self.forget(*this); // it came between the question and the watch
  return false;
}

void available::expire() {
  watch_.reset();
  by_->resume(waiter_);
}

void available::await_resume() const {
  if (!route_) throw failure(errc::unavailable, "the handle is empty: it leads to no worker");
  if (route_->state() != availability::available) throw route_->absence();
}

} // namespace pillar
