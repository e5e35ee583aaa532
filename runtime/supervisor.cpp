#include "runtime/supervisor.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace pillar {

namespace {
constexpr std::string_view supervising = "supervise";
constexpr std::string_view starting_all = "start";
constexpr std::string_view stopping_children = "stop";

constexpr duration report_patience = std::chrono::milliseconds(100);  // for what a late child says it is doing
constexpr duration killing_patience = std::chrono::milliseconds(500); // for a killed one to end

bool is_normal(const caf::error& reason) {
  return !reason || reason == caf::exit_reason::normal || reason == caf::exit_reason::user_shutdown;
}
} // namespace

/// co_await supervisor_wait(self, list): until the list is woken, or the moment comes.
class supervisor_wait final : public awaiter {
public:
  supervisor_wait(supervisor& of, std::vector<supervisor_wait*>& list, instant until = instant::max())
      : of_(of), list_(list), until_(until) {}
  ~supervisor_wait() {
    if (waiter_) std::erase(list_, this);
    of_.forget(*this);
  }
  bool await_ready() const noexcept { return false; }
  template <class Promise> void await_suspend(std::coroutine_handle<Promise> by) {
    by_ = by.promise().owner;
    waiter_ = by;
    list_.push_back(this);
    if (until_ != instant::max()) of_.expect(*this, of_.new_id(), until_);
  }
  void await_resume() const noexcept {}
  void wake() {
    of_.forget(*this);
    by_->resume(std::exchange(waiter_, {}));
  }

private:
  void complete(caf::mailbox_element&) override {}
  void expire() override {
    std::erase(list_, this);
    wake();
  }
  supervisor& of_;
  std::vector<supervisor_wait*>& list_;
  instant until_;
  activity* by_ = nullptr;
  std::coroutine_handle<> waiter_;
};

supervisor::supervisor(const context& ctx, supervision_limits limits, std::uint64_t seed)
    : actor(ctx), limits_(limits), random_(seed | 1) {}

void supervisor::wake(std::vector<supervisor_wait*>& waiting) {
  for (auto* w : std::exchange(waiting, {})) w->wake();
}

void supervisor::wake_those_in_need() {
  wake(in_need_);
}

void supervisor::set_state(child& c, child_state to) {
  auto moves = [](child_state s) { return s == child_state::starting || s == child_state::backing_off; };
  moving_ -= moves(c.status.state);
  c.status.state = to;
  moving_ += moves(to);
  if (c.over()) {
    phase_left_ -= std::exchange(c.in_phase, false);
    wake(c.waiting);
  }
  // Only what the overseers wait for wakes them: with many children each look at all of them counts.
  if (moving_ == 0 || phase_left_ == 0 || to == child_state::given_up) wake(overseers_);
}

void supervisor::add(child_plan plan) {
  auto& c = children_.emplace_back();
  c.plan = std::move(plan);
  c.status.name = c.plan.name;
  c.status.interface = c.plan.interface;
  if (!c.plan.interface.empty()) {
    c.serves = node().services.route_of(c.plan.interface);
    c.serves->announce(availability::starting);
  }
  for (auto& n : c.plan.needs) watch_need(n.whole);
  begin_task(supervising, supervise(c));
}

void supervisor::watch_need(std::string_view interface) {
  if (watches_.contains(interface)) return;
  caf::weak_actor_ptr me{ctrl()};
  auto watch = node().services.route_of(interface)->watch([me](const route&) {
    if (auto alive = caf::actor_cast<caf::strong_actor_ptr>(me))
      send_errand(alive, [](actor& self) { static_cast<supervisor&>(self).wake_those_in_need(); });
  });
  watches_.emplace(interface, std::move(watch));
}

// --- one child ------------------------------------------------------------------------------------------------------

task<> supervisor::supervise(child& c) {
  while (!c.stop_wanted) {
    set_state(c, child_state::waiting);
    for (auto missing = missing_need(c); missing && !c.stop_wanted; missing = missing_need(c)) {
      c.status.reason = *missing;
      co_await supervisor_wait(*this, in_need_);
    }
    if (c.stop_wanted) break;
    auto started = co_await bring_up(c);
    if (started) {
      c.status.reason.clear();
      c.ever_ran = true;
      c.ran_since = now();
      set_state(c, child_state::running);
    }
    while (c.actor && !c.ended) co_await supervisor_wait(*this, c.waiting);
    auto reason = started ? c.ended.value_or(caf::error{}) : to_caf_error(started.error());
    c.actor = nullptr;
    if (c.stop_wanted) break;
    if (auto again = wants_restart(c, reason); !again) {
      if (!is_normal(reason)) co_return give_up(c, again.error());
      if (c.serves && serves_alone(c)) c.serves->announce(availability::unknown);
      co_return set_state(c, child_state::finished);
    }
    auto why = to_string(from_caf_error(reason));
    c.status.reason = why;
    ++c.status.restarts;
    auto delay = backoff(c);
    node().log.log(log_level::warning, c.plan.name.view(), 0, "ended and will be restarted",
                   {{"reason", why},
                    {"in_ms", std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(delay).count())}});
    if (c.serves) c.serves->announce(availability::starting, "restarting after " + why);
    set_state(c, child_state::backing_off);
    for (auto until = now() + delay; now() < until && !c.stop_wanted;)
      co_await supervisor_wait(*this, c.waiting, until);
  }
  if (c.serves && serves_alone(c)) c.serves->announce(availability::unknown);
  set_state(c, child_state::stopped);
}

task<result<void>> supervisor::bring_up(child& c) {
  c.started.reset();
  c.ended.reset();
  set_state(c, child_state::starting);
  auto incarnation = ++c.incarnation;
  try {
    c.actor = c.plan.construct(c.plan.name, c.serves);
  } catch (...) {
    c.actor = nullptr;
    co_return to_failure(std::current_exception());
  }
  by_actor_.emplace(c.actor->id(), &c);
  monitor(c.actor);
  caf::strong_actor_ptr me{ctrl()};
  send_errand(c.actor, [me, &c, incarnation](actor& child_actor) {
    child_actor.begin_start([me, &c, incarnation](result<void> outcome) {
      send_errand(me, [&c, incarnation, outcome](actor& self) {
        if (c.incarnation != incarnation) return;
        c.started = outcome;
        static_cast<supervisor&>(self).wake(c.waiting);
      });
    });
  });
  while (!c.started && !c.ended) co_await supervisor_wait(*this, c.waiting);
  if (c.started) co_return *c.started;
  co_return from_caf_error(*c.ended);
}

void supervisor::down(const caf::actor_addr& who, const caf::error& reason) {
  auto found = by_actor_.find(who.id());
  if (found == by_actor_.end()) return;
  auto& c = *found->second;
  by_actor_.erase(found);
  c.ended = reason;
  wake(c.waiting);
}

result<void> supervisor::wants_restart(child& c, const caf::error& reason) {
  bool normal = is_normal(reason);
  auto why = from_caf_error(reason);
  if (c.plan.policy == restart_policy::temporary) return why;
  if (c.plan.policy == restart_policy::transient && normal) return why;
  if (!c.ever_ran && c.serves) return why; // what cannot start at all is a mistake that waiting does not mend
  auto moment = now();
  if (c.ever_ran && moment - c.ran_since >= limits_.period) c.failures_in_a_row = 0;
  while (!c.recent_restarts.empty() && moment - c.recent_restarts.front() > limits_.period)
    c.recent_restarts.pop_front();
  if (c.recent_restarts.size() >= limits_.restarts)
    return failure(why.code(),
                   std::to_string(c.recent_restarts.size()) + " restarts within "
                       + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limits_.period).count())
                       + " s did not help; the last failure was " + to_string(why));
  c.recent_restarts.push_back(moment);
  ++c.failures_in_a_row;
  return {};
}

duration supervisor::backoff(const child& c) {
  auto delay = std::min(limits_.backoff_min, limits_.backoff_max);
  for (auto n = c.failures_in_a_row; n > 1 && delay < limits_.backoff_max; --n)
    delay = std::min(2 * delay, limits_.backoff_max);
  random_ ^= random_ << 13, random_ ^= random_ >> 7, random_ ^= random_ << 17; // xorshift64 (Marsaglia 2003)
  auto spread = static_cast<std::int64_t>(delay.count() / 100 * limits_.jitter_percent);
  auto offset =
      spread > 0 ? static_cast<std::int64_t>(random_ % static_cast<std::uint64_t>(2 * spread + 1)) - spread : 0;
  return delay + duration{offset};
}

void supervisor::give_up(child& c, const failure& reason) {
  c.given_up_for = reason;
  c.status.reason = to_string(reason);
  node().log.log(log_level::error, c.plan.name.view(), 0, "given up", {{"reason", c.status.reason}});
  if (c.serves && serves_alone(c)) c.serves->announce(availability::given_up, c.status.reason);
  set_state(c, child_state::given_up);
}

// --- all children ---------------------------------------------------------------------------------------------------

std::optional<std::string> supervisor::missing_need(const child& c) const {
  for (auto& n : c.plan.needs) {
    auto to = node().services.route_of(n.whole);
    if (to->state() != availability::available) return to->absence().message();
  }
  return std::nullopt;
}

bool supervisor::serves_alone(const child& c) const {
  return std::ranges::none_of(children_, [&](auto& other) {
    return &other != &c && other.plan.interface == c.plan.interface && !other.over();
  });
}

bool supervisor::needed_by_the_living(const child& c) const {
  if (c.plan.interface.empty()) return false;
  return std::ranges::any_of(children_, [&](auto& other) {
    return &other != &c && !other.over() && !other.refused_to_stop
           && std::ranges::any_of(other.plan.needs, [&](auto& n) { return n.whole == c.plan.interface; });
  });
}

void supervisor::when_started(duration limit, completion done) {
  begin_task(starting_all, await_start(limit, std::move(done)));
}

task<> supervisor::await_start(duration limit, completion done) {
  auto until = now() + limit;
  while (true) {
    std::string missing;
    bool moves = false;
    for (auto& c : children_) {
      auto state = c.status.state;
      moves |= state == child_state::starting || state == child_state::backing_off
               || (state == child_state::waiting && !missing_need(c));
      if (c.serves && state == child_state::given_up && !c.ever_ran)
        co_return done(failure(c.given_up_for->code(),
                               std::string(c.plan.name.view()) + " cannot start: " + c.given_up_for->message()));
      if (state == child_state::waiting || state == child_state::starting)
        missing += (missing.empty() ? "" : ", ") + std::string(c.plan.name.view()) + " is "
                   + (state == child_state::waiting ? "waiting: " + c.status.reason : "still starting");
    }
    if (missing.empty()) co_return done({});
    if (!moves)
      co_return done(
          failure(errc::unavailable, "nothing can start any more: " + missing
                                         + ": provide what is needed, and let no two workers need each other"));
    if (now() >= until)
      co_return done(failure(errc::expired, "not everything started in time (node.start-timeout): " + missing));
    co_await supervisor_wait(*this, overseers_, until);
  }
}

void supervisor::stop_all(std::function<void(std::vector<straggler>)> done) {
  begin_task(stopping_children, stop_phases(std::move(done)));
}

task<> supervisor::stop_phases(std::function<void(std::vector<straggler>)> done) {
  std::vector<straggler> stragglers;
  while (true) {
    std::vector<child*> living, phase;
    for (auto& c : children_)
      if (!c.over() && !c.refused_to_stop) living.push_back(&c);
    if (living.empty()) break;
    for (auto* c : living)
      if (!needed_by_the_living(*c)) phase.push_back(c);
    if (phase.empty()) phase = living; // they need each other: all at once
    co_await stop_phase(std::move(phase), stragglers);
  }
  done(std::move(stragglers));
}

task<> supervisor::stop_phase(std::vector<child*> phase, std::vector<straggler>& stragglers) {
  for (auto* c : phase) c->in_phase = true;
  phase_left_ = phase.size();
  for (auto* c : phase) ask_to_stop(*c);
  wake_those_in_need(); // they need nothing any more
  for (auto until = now() + limits_.stop_limit; phase_left_ > 0 && now() < until;)
    co_await supervisor_wait(*this, overseers_, until);
  if (phase_left_ == 0) co_return;

  std::vector<child*> late;
  std::ranges::copy_if(phase, std::back_inserter(late), [](auto* c) { return !c->over(); });
  for (auto* c : late) ask_for_report(*c);
  auto reported = [&] { return std::ranges::all_of(late, [](auto* c) { return c->over() || c->report; }); };
  for (auto until = now() + report_patience; !reported() && now() < until;)
    co_await supervisor_wait(*this, overseers_, until);
  for (auto* c : late) {
    if (c->over()) continue;
    auto* stuck = behind(c->actor);
    stragglers.push_back({c->plan.name,
                          c->report ? to_string(*c->report)
                          : stuck   ? to_string(stuck->glance())
                                    : "",
                          true});
    if (c->actor) caf::anon_send_exit(c->actor, caf::exit_reason::kill);
  }
  auto grace = std::min<duration>(limits_.stop_limit, killing_patience);
  for (auto until = now() + grace; phase_left_ > 0 && now() < until;)
    co_await supervisor_wait(*this, overseers_, until);
  for (auto* c : late) {
    if (c->over()) continue;
    c->refused_to_stop = true;
    for (auto& s : stragglers)
      if (s.name == c->plan.name) s.ended = false;
  }
}

void supervisor::ask_to_stop(child& c) {
  if (std::exchange(c.stop_wanted, true)) return; // it was told already
  if (c.actor) send_errand(c.actor, [](actor& child_actor) { child_actor.begin_stop([](result<void>) {}); });
  else wake(c.waiting); // it backs off
}

void supervisor::ask_for_report(child& c) {
  c.report.reset();
  caf::strong_actor_ptr me{ctrl()};
  send_errand(c.actor, [me, &c](actor& child_actor) {
    send_errand(me, [&c, report = child_actor.report()](actor& self) {
      c.report = report;
      static_cast<supervisor&>(self).wake(static_cast<supervisor&>(self).overseers_);
    });
  });
}

void supervisor::stop_child(const actor_name& name, completion done) {
  for (auto& c : children_) {
    if (c.plan.name != name || c.over()) continue;
    ask_to_stop(c);
    begin_task(stopping_children, await_end_of(c, std::move(done)));
    wake_those_in_need();
    return;
  }
  done(failure(errc::not_found, "no worker or plugin named " + std::string(name.view()) + " runs on this node"));
}

task<> supervisor::await_end_of(child& c, completion done) {
  while (!c.over()) co_await supervisor_wait(*this, c.waiting);
  done({});
}

std::vector<child_status> supervisor::status() const {
  std::vector<child_status> all;
  for (auto& c : children_) all.push_back(c.status);
  return all;
}

} // namespace pillar
