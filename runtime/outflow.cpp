#include "runtime/outflow.hpp"

namespace pillar {

namespace {
/// The making of items goes on between pulls, so it has no deadline of its own: each ask in it has the usual one.
envelope without_deadline(envelope head) {
  head.deadline = instant::max();
  return head;
}
} // namespace

outflow::outflow(const std::string_view& what, const envelope& head) : activity(what, without_deadline(head)) {}

outflow::~outflow() {
  if (awaiter::id != 0) self->forget(*this);
}

std::uint64_t outflow::open(actor& by, const caf::strong_actor_ptr& reader) {
  self = &by;
  stream_ = by.add_outflow(*this, reader);
  await_pull();
  auto given = stream_; // it may end at once, and delete itself
  at_yield_ = false;
  by.begin(*this, coroutine());
  return given;
}

void outflow::await_pull() {
  patience_ = self->now() + longest_pause;
  self->expect(*this, self->new_id(), patience_);
}

/// Nobody has pulled for too long; or a pull is to hear that there is nothing yet.
void outflow::expire() {
  if (puller_ && awaits_outside) {
    puller_.answer(caf::mailbox_element_ptr{new reply_letter<stream_idle>(stream_idle{})}, self->here());
    await_pull();
  } else if (self->now() < patience_) self->expect(*this, self->new_id(), patience_);
  else drop();
}

void outflow::pull(duty owed, std::uint32_t credit, instant deadline) {
  if (puller_) return owed.answer(error_letter({errc::bad_request, "the stream is being read already"}), self->here());
  self->forget(*this);
  auto now = self->now();
  patience_ = now + longest_pause;
  self->expect(*this, self->new_id(),
               deadline == instant::max() ? patience_ : std::min(patience_, now + (deadline - now) / 2));
  puller_ = std::move(owed);
  credit_ = std::max<std::uint32_t>(1, credit);
  if (deliver()) return close();
  progressed();
}

void outflow::progressed() {
  while (at_yield_ && !dropped_ && !dead() && ready() < read_ahead) {
    at_yield_ = false;
    run_frames(coroutine());
    if (!dead() && deliver()) return close();
  }
  if (dead()) return abandon();
  if (deliver() || (dropped_ && (at_yield_ || awaits_outside || coroutine().done()))) close();
  else if (self->stopping()) stop();
}

void outflow::stop() {
  if (!awaits_outside) return;
  if (puller_)
    puller_.answer(error_letter({errc::unavailable, std::string(self->own_name().view()) + " is stopping"}),
                   self->here());
  close();
}

bool outflow::deliver() {
  if (!puller_) return false;
  if (ready() > 0) {
    puller_.answer(take_batch(credit_), self->here());
    return false;
  }
  if (!coroutine().done()) return false;
  if (auto e = thrown()) {
    auto f = to_failure(e);
    self->note(f, what, head);
    puller_.answer(error_letter(f), self->here());
  } else puller_.answer(take_batch(credit_), self->here()); // an empty batch is the end
  return true;
}

void outflow::drop() {
  dropped_ = true;
  cancel();
  if (at_yield_ || awaits_outside || coroutine().done()) close();
}

void outflow::close() {
  if (auto e = thrown(); e && is_worker_failure(e)) self->end(to_caf_error(to_failure(e)));
  self->remove_outflow(stream_);
  end_activity(*this);
  delete this;
}

} // namespace pillar
