#include "runtime/auto_reset_event.hpp"

#include <mutex>
#include <utility>

namespace pillar {

struct auto_reset_event::state {
  std::mutex mutex;
  bool set = false;
  caf::weak_actor_ptr actor; // whose coroutine waits
  std::uint64_t ticket = 0;  // under which; 0: none does
};

auto_reset_event::auto_reset_event() : state_(std::make_shared<state>()) {
  setter_ = [s = state_] {
    std::unique_lock lock{s->mutex};
    auto ticket = std::exchange(s->ticket, 0);
    if (ticket == 0) {
      s->set = true;
      return;
    }
    auto alive = caf::actor_cast<caf::strong_actor_ptr>(s->actor);
    lock.unlock();
    actor::send_errand(alive,
                       [ticket](class actor& owner) { // in its own thread the ticket tells whether it still waits
                         auto* waiting = owner.waiting_for(ticket);
                         if (!waiting) return;
                         owner.forget(*waiting);
                         waiting->expire();
                       });
  };
}

auto_reset_event::waiting::~waiting() {
  if (by_ && id != 0) by_->self->forget(*this);
}

bool auto_reset_event::waiting::await_ready() const {
  std::lock_guard lock{on_->mutex};
  return std::exchange(on_->set, false);
}

bool auto_reset_event::waiting::begin(activity& by, std::coroutine_handle<> waiter) {
  auto& self = *by.self;
  by_ = &by;
  waiter_ = waiter;
  if (self.ended()) return true; // never resumed: the frame is about to be destroyed
  auto ticket = self.new_id();
  self.expect(*this, ticket, instant::max());
  by.awaits_outside = true;
  std::unique_lock lock{on_->mutex};
  if (!std::exchange(on_->set, false)) {
    on_->actor = caf::weak_actor_ptr{self.ctrl()};
    on_->ticket = ticket;
    return true;
  }
  lock.unlock();
  by.awaits_outside = false;
  self.forget(*this);
  return false;
}

void auto_reset_event::waiting::expire() {
  by_->awaits_outside = false;
  by_->resume(waiter_);
}

} // namespace pillar
