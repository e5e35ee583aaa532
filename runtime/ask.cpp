#include "runtime/ask.hpp"

#include <caf/error.hpp>

#include <algorithm>

namespace pillar {

namespace {
/// Shorter limits are measured exactly, for longer ones a tick is one part in a hundred at most.
constexpr duration exact_below = std::chrono::seconds(1);
} // namespace

asking_base::~asking_base() {
  if (!by_) return;
  if (by_->waits_at == &worker_name_) by_->waits_at = nullptr;
  if (id != 0) by_->self->forget(*this);
  if (waits_for_route_) by_->self->forget_route(*this);
}

bool asking_base::begin(activity& by, std::coroutine_handle<> waiter) {
  auto& self = *by.self;
  if (self.ended()) return true; // never resumed: the frame is about to be destroyed
  by_ = &by;
  waiter_ = waiter;
  return begin_at_once();
}

bool asking_base::begin_at_once() {
  auto& self = *by_->self;
  asked_ = self.coarse_now();
  due_ = by_->head.deadline;
  if (limit_ || due_ == instant::max()) {
    auto limit = limit_.value_or(self.node().longest_ask);
    if (limit < exact_below) asked_ = self.now();
    due_ = std::min(due_, asked_ + limit);
  }
  if (self.is_over(due_)) {
    failed_ = failure(errc::expired, std::string(info_->name) + " was not sent: no time is left");
    return false;
  }
  return send();
}

bool asking_base::send() {
  const caf::strong_actor_ptr* to = &worker_;
  if (binding_) {
    auto* next = binding_->next();
    if (!next) return await_worker();
    to = &next->worker;
    worker_name_ = next->name;
    if (info_->streams || info_->idempotent) worker_ = next->worker;
    if (info_->idempotent) spare_ = info_->pack_copy(letter_->content().get(1));
  }
  if (!*to) return no_worker();
  auto& self = *by_->self;
  auto& head = envelope_of(*letter_);
  head.deadline = due_;
  head.trace = by_->head.trace;
  head.caller = by_->head.caller;
  head.sender = self.own_name();
  auto ticket = self.new_id();
  letter_->mid = caf::make_message_id(ticket);
  letter_->sender = caf::strong_actor_ptr{self.ctrl()};
  self.expect(*this, ticket, due_);
  by_->waits_for = info_->name;
  by_->waits_at = &worker_name_;
  to->get()->get()->enqueue(std::move(letter_), self.here());
  return true;
}

/// Nobody serves the interface now: waits for somebody who is starting, else fails.
bool asking_base::await_worker() {
  worker_ = nullptr;
  if (!target() || target()->state() != availability::starting) return no_worker();
  if (!std::exchange(waits_for_route_, true)) by_->self->expect_route(*this, by_->self->new_id(), due_);
  by_->waits_for = info_->name;
  return true;
}

bool asking_base::no_worker() {
  failed_ = binding_ && target() ? target()->absence()
                                 : failure(errc::unavailable, "the handle is empty: it leads to no worker");
  return false;
}

caf::strong_actor_ptr asking_base::worker() const {
  if (worker_ || !binding_) return worker_;
  auto all = target()->all();
  auto found = std::ranges::find(*all, worker_name_, &provider::name);
  return found == all->end() ? nullptr : found->worker;
}

void asking_base::route_changed() {
  auto& self = *by_->self;
  if (!worker_ && target()->state() == availability::starting) return;
  self.forget(*this);
  self.forget_route(*this);
  waits_for_route_ = false;
  if (!send()) resume();
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
  if (open(content)) return resume();
  if (content.match_elements<caf::error>()) {
    auto f = from_caf_error(content.get_as<caf::error>(0));
    if (f.code() == errc::unavailable && f.message() == "the worker is down")
      f = failure(errc::unavailable,
                  std::string(worker_name_.view()) + " ended before it reached " + std::string(info_->name));
    if (send_again(f)) return;
    return fail(std::move(f));
  }
  if (pull_ && content.match_elements<stream_idle>()) {
    letter_ = info_->pack(&*pull_);
    if (!begin_at_once()) resume();
    return;
  }
  fail({errc::incompatible, std::string(worker_name_.view()) + " answered " + std::string(info_->name)
                                + " with something else than its reply"});
}

bool asking_base::send_again(const failure& f) {
  if ((f.code() != errc::unavailable && f.code() != errc::abandoned) || !spare_) return false;
  // A worker that still serves has not died: that was its answer.
  if (std::ranges::any_of(*target()->all(), [this](auto& p) { return p.worker == worker_; })) return false;
  letter_ = std::move(spare_);
  return send();
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
    if (auto to = worker(); auto* answering = actor::behind(to)) {
      auto seen = answering->glance();
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
