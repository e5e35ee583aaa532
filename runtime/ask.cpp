#include "runtime/ask.hpp"

#include <caf/error.hpp>

#include <algorithm>

namespace pillar {

asking_base::~asking_base() {
  if (!by_) return;
  if (id != 0) by_->self->forget(*this);
  if (waits_for_route_) by_->self->forget_route(*this);
}

bool asking_base::begin(activity& by, std::coroutine_handle<> waiter) {
  auto& self = *by.self;
  if (self.ended()) return true; // never resumed: the frame is about to be destroyed
  by_ = &by;
  waiter_ = waiter;
  asked_ = self.now();
  due_ = by.head.deadline;
  if (limit_ || due_ == instant::max()) due_ = std::min(due_, asked_ + limit_.value_or(self.node().longest_ask));
  if (due_ <= asked_) {
    failed_ = failure(errc::expired, std::string(info_->name) + " was not sent: no time is left");
    return false;
  }
  return send(asked_);
}

bool asking_base::send(instant now) {
  auto& self = *by_->self;
  if (binding_) {
    if (auto* next = binding_->next()) worker_ = next->worker, worker_name_ = next->name;
    else worker_ = nullptr;
  }
  if (!worker_) {
    if (binding_ && binding_->target() && binding_->target()->state() == availability::starting) {
      if (!waits_for_route_) {
        waits_for_route_ = true;
        self.expect_route(*this, self.new_id(), due_);
      }
      by_->waits_for = info_->name;
      return true;
    }
    auto target = binding_ ? binding_->target() : nullptr;
    failed_ = target ? target->absence() : failure(errc::unavailable, "the handle is empty: it leads to no worker");
    return false;
  }
  auto& head = envelope_of(*letter_);
  head = by_->head;
  head.deadline = due_;
  head.sender = self.own_name();
  if (info_->idempotent && binding_) spare_ = info_->pack_copy(letter_->content().get(1));
  auto id = self.new_id();
  letter_->mid = caf::make_message_id(id);
  letter_->sender = caf::strong_actor_ptr{self.ctrl()};
  self.expect(*this, id, due_);
  by_->waits_for = info_->name;
  by_->waits_at = worker_name_;
  static_cast<void>(now);
  worker_->get()->enqueue(std::move(letter_), self.here());
  return true;
}

void asking_base::route_changed() {
  auto& self = *by_->self;
  if (!worker_ && target()->state() == availability::starting) return;
  self.forget(*this);
  self.forget_route(*this);
  waits_for_route_ = false;
  if (!send(self.now())) resume();
}

void asking_base::resume() {
  by_->resume(waiter_);
}

void asking_base::fail(failure f) {
  failed_ = std::move(f);
  resume();
}

void asking_base::complete(caf::mailbox_element& message) {
  auto& content = message.content();
  if (content.match_elements<caf::error>()) {
    auto f = from_caf_error(content.get_as<caf::error>(0));
    if (f.code() == errc::unavailable && f.message() == "the worker is down")
      f = failure(errc::unavailable,
                  std::string(worker_name_.view()) + " ended before it reached " + std::string(info_->name));
    if (send_again(f)) return;
    return fail(std::move(f));
  }
  if (!open(content))
    return fail({errc::incompatible, std::string(worker_name_.view()) + " answered " + std::string(info_->name)
                                         + " with something else than its reply"});
  resume();
}

bool asking_base::send_again(const failure& f) {
  if ((f.code() != errc::unavailable && f.code() != errc::abandoned) || !spare_) return false;
  // A worker that still serves has not died: that was its answer.
  if (std::ranges::any_of(*target()->all(), [this](auto& p) { return p.worker == worker_; })) return false;
  letter_ = std::move(spare_);
  return send(by_->self->now());
}

void asking_base::expire() {
  auto& self = *by_->self;
  auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(self.now() - asked_).count();
  auto text = std::string(self.own_name().view()) + " waited " + std::to_string(waited) + " ms in "
              + std::string(by_->what) + " for " + std::string(info_->name);
  if (waits_for_route_) {
    self.forget_route(*this);
    waits_for_route_ = false;
    text += ": " + target()->absence().message();
  } else {
    text += " at " + std::string(worker_name_.view());
    if (auto* worker = actor::behind(worker_)) {
      auto seen = worker->glance();
      if (seen.doing.empty()) text += ", which has not answered";
      else text += "; " + to_string(seen);
    }
  }
  self.node().log.log(log_level::info, self.own_name().view(), by_->head.trace, "an ask expired", {{"ask", text}});
  fail({errc::expired, std::move(text)});
}

sleep_for::~sleep_for() {
  if (by_ && id != 0) by_->self->forget(*this);
}

void sleep_for::begin(activity& by, std::coroutine_handle<> waiter) {
  by_ = &by;
  waiter_ = waiter;
  if (by.self->ended()) return;
  by.self->expect(*this, by.self->new_id(), by.self->now() + length_);
}

void sleep_for::expire() {
  by_->resume(waiter_);
}

} // namespace pillar
