#include "runtime/cancellation.hpp"

#include "runtime/actor.hpp"

namespace pillar {

cancellation::cancellation(activity& of, const caf::strong_actor_ptr& asker) : of_(of) {
  auto& self = *of.self;
  if (self.ended()) {
    request();
    return;
  }
  if (of.head.deadline != instant::max()) self.expect(*this, self.new_id(), of.head.deadline);
  if (!asker || asker == self.ctrl()) return;
  asker_ = caf::actor_cast<caf::actor_addr>(asker);
  self.watch(asker);
}

cancellation::~cancellation() {
  auto& self = *of_.self;
  if (awaiter::id != 0) self.forget(*this);
  if (asker_ && !self.ended()) self.unwatch(asker_);
}

} // namespace pillar
