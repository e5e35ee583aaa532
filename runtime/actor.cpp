#include "runtime/actor.hpp"

#include "runtime/ask.hpp"
#include "runtime/outflow.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/make_message.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <algorithm>

namespace pillar::detail {
/// An errand in a mailbox: only within this process.
struct errand_box {
  actor::errand work;
};
} // namespace pillar::detail
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(pillar::detail::errand_box)

namespace pillar {

namespace {
constexpr std::string_view start_name = "start";
constexpr std::string_view stop_name = "stop";
constexpr std::string_view run_name = "run";

std::uint64_t mixed(std::uint64_t x) { // splitmix64 (Steele, Lea, Flood 2014)
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// Those that wait. The counts are read one after the other, so that more may seem to have been served than came.
std::uint64_t requests_between(std::uint64_t served, std::uint64_t arrived) {
  return arrived > served ? arrived - served : 0;
}

/// start, stop and run: the actor's own coroutines.
class own_activity final : public task_activity<void> {
public:
  own_activity(const std::string_view& what, const envelope& head, task<> body, actor::completion done)
      : task_activity(what, head, std::move(body)), done_(std::move(done)) {}

private:
  void finished(std::exception_ptr thrown, detail::task_promise<void>&) override {
    if (!thrown) return done_(result<void>{});
    auto f = to_failure(thrown);
    self->note(f, what, head);
    done_(std::move(f));
  }
  actor::completion done_;
};

/// What begin_task begins.
class background_activity final : public task_activity<void> {
public:
  using task_activity::task_activity;

private:
  void finished(std::exception_ptr thrown, detail::task_promise<void>&) override {
    if (!thrown) return;
    auto f = to_failure(thrown);
    self->note(f, what, head);
    if (is_worker_failure(thrown)) self->end(to_caf_error(f));
  }
};

} // namespace

// --- life -----------------------------------------------------------------------------------------------------------

actor::actor(const context& ctx)
    : caf::scheduled_actor(ctx.config), node_(ctx.node), name_(ctx.name), serves_(ctx.serves) {
  std::ranges::copy(name_.view(), name_text_);
  set_error_handler([](caf::error&) {}); // an unsolicited error is no reason to end
  set_default_handler([](caf::scheduled_actor*, caf::message_view&) -> caf::result<caf::message> {
    return to_caf_error({errc::unknown_request, "this actor does not know the message"});
  });
}

actor::~actor() = default;

void actor::initialize() {
  struct never {};
  setf(is_initialized_flag);
  do_become(caf::behavior{[](never) {}}, true); // CAF ends an actor without behavior
  node_.actors.add(*this);
}

void actor::end(caf::error reason) {
  quit(std::move(reason));
}

void actor::on_exit() {
  node_.actors.remove(*this);
  if (serves_) serves_->remove(ctrl(), stopping_ ? availability::unknown : availability::starting);
  clock().cancel_timeouts(this);
  std::vector<std::stop_source> in_use; // by jobs in other threads, which should end soon
  {
    std::lock_guard lock{exit_lock_};
    ended_ = true;
    for (auto* a = std::exchange(activities_, nullptr); a;) {
      auto* next = a->next_;
      a->previous_ = a->next_ = nullptr;
      if (a->pins > 0 && a->cancellation_) in_use.push_back(a->cancellation_->source());
      if (a->depth_ > 0) a->dead_ = true;  // it is running: freed when it waits
      else if (a->pins == 0) a->abandon(); // else by the job that uses it
      a = next;
    }
  }
  activity_count_ = 0;
  for (auto& stop : in_use) stop.request_stop();
  route_watches_.clear();
  if (stopped_) std::exchange(stopped_, nullptr)({});
  released();
}

task<> actor::start() {
  co_return;
}
task<> actor::stop() {
  co_return;
}
task<> actor::run_plugin() {
  co_return;
}
void actor::down(const caf::actor_addr&, const caf::error&) {}

void actor::begin_start(completion done) {
  begin_own(start_name, start(), [this, done = std::move(done)](result<void> outcome) {
    if (outcome && serves_) serves_->add({caf::strong_actor_ptr{ctrl()}, name_, true});
    done(outcome);
    if (!outcome) return end(to_caf_error(outcome.error()));
    if (runs())
      begin_own(run_name, run_plugin(), [this](result<void> ran) {
        end(ran ? caf::error{caf::exit_reason::normal} : to_caf_error(ran.error()));
      });
  });
}

void actor::begin_stop(completion done) {
  stopping_ = true;
  if (serves_) serves_->remove(ctrl());
  stopped_ = [this, done = std::move(done)](result<void> outcome) {
    done(outcome);
    if (!ended_) end(caf::exit_reason::user_shutdown);
  };
  std::vector<outflow*> open;
  for (auto& [id, out] : outflows_) open.push_back(out.flow);
  for (auto* flow : open) flow->stop();
  finish_stop_if_idle();
}

void actor::finish_stop_if_idle() {
  if (!stopping_ || !stopped_ || (activities_ && !runs())) return;
  begin_own(stop_name, stop(), std::exchange(stopped_, nullptr));
}

void actor::begin_own(const std::string_view& what, task<> body, completion done) {
  auto* a = new own_activity(what, own_envelope(), std::move(body), std::move(done));
  begin(*a, a->coroutine());
}

void actor::begin_task(const std::string_view& what, task<> body) {
  auto* a = new background_activity(what, own_envelope(), std::move(body));
  begin(*a, a->coroutine());
}

// --- messages -------------------------------------------------------------------------------------------------------

bool actor::send_errand(const caf::strong_actor_ptr& to, errand work) {
  if (!to) return false;
  auto* target = behind(to);
  if (!target) return false;
  target->enqueue(caf::make_mailbox_element(nullptr, {}, {}, detail::errand_box{std::move(work)}), nullptr);
  return true;
}

actor* actor::behind(const caf::strong_actor_ptr& handle) {
  return handle ? dynamic_cast<actor*>(handle->get()) : nullptr;
}

void actor::enqueue(caf::mailbox_element_ptr message, caf::execution_unit* here) {
  if (message->mid.is_request()) {
    auto before = arrived_.fetch_add(1, std::memory_order_relaxed);
    auto waiting = requests_between(served_.load(std::memory_order_relaxed), before);
    if (waiting >= node_.inbox_limit) {
      arrived_.fetch_sub(1, std::memory_order_relaxed);
      duty{*message}.answer(
          error_letter({errc::overloaded, std::string(name_.view()) + " has " + std::to_string(waiting)
                                              + " requests waiting: try again later"}),
          here);
      return;
    }
  }
  caf::scheduled_actor::enqueue(std::move(message), here);
}

/// What an actor's queues hand messages to, until it has had its share.
struct actor::turn {
  actor& self;
  std::size_t left; ///< messages

  caf::intrusive::task_result operator()(caf::mailbox_element& message) {
    self.consume_or_end(message);
    if (self.getf(is_shutting_down_flag) && self.finalize()) return caf::intrusive::task_result::stop_all;
    return --left > 0 ? caf::intrusive::task_result::resume : caf::intrusive::task_result::stop_all;
  }
  template <class Queue> caf::intrusive::task_result operator()(std::size_t, Queue&, caf::mailbox_element& message) {
    return (*this)(message);
  }
  template <class Nested> // of CAF's streams: dropped
  caf::intrusive::task_result operator()(std::size_t, downstream_queue&, caf::stream_slot, Nested&,
                                         caf::mailbox_element&) {
    return caf::intrusive::task_result::resume;
  }
};

/// As CAF's, without its streams, receive timeouts and log, which nothing here uses and which take two readings of the
/// clock and most of the time of a turn with one message.
caf::resumable::resume_result actor::resume(caf::execution_unit* here, std::size_t most) {
  constexpr int round = 64; // messages between two looks at the urgent ones
  if (!activate(here)) return caf::resumable::done;
  turn now{*this, most};
  auto& urgent = std::get<urgent_queue_index>(mailbox().queue().queues());
  auto& normal = std::get<normal_queue_index>(mailbox().queue().queues());
  while (now.left > 0) {
    mailbox().fetch_more();
    if (!urgent.empty()) urgent.new_round(round, now);
    else if (!normal.empty()) normal.new_round(round, now);
    else mailbox().new_round(round, now); // there is something for CAF's streams, or nothing at all
    if (getf(is_cleaned_up_flag)) return caf::resumable::done;
    if (mailbox().try_block()) return caf::resumable::awaiting_message;
  }
  return caf::resumable::resume_later;
}

/// Nothing that comes from a contract is thrown here: what is ends the actor, and its supervisor is told why.
void actor::consume_or_end(caf::mailbox_element& message) {
  try {
    consume(message);
  } catch (...) {
    auto f = to_failure(std::current_exception());
    note(f, "handling a message", own_envelope());
    end(to_caf_error(f));
  }
}

caf::invoke_message_result actor::consume(caf::mailbox_element& message) {
  current_mailbox_element(&message);
  if (message.mid.is_response()) {
    receive_reply(message);
    return caf::invoke_message_result::consumed;
  }
  if (receive_letter(message)) return caf::invoke_message_result::consumed;
  auto& content = message.content();
  if (content.size() == 2 && content.match_element<envelope>(0)) {
    receive_request(message);
    return caf::invoke_message_result::consumed;
  }
  if (content.match_elements<detail::errand_box>()) {
    auto work = std::move(content.get_mutable_as<detail::errand_box>(0).work);
    work(*this);
    return caf::invoke_message_result::consumed;
  }
  if (content.match_elements<caf::down_msg>()) {
    auto& gone = content.get_as<caf::down_msg>(0);
    watched_.erase(gone.source);
    drop_work_for(gone.source);
    down(gone.source, gone.reason);
    return caf::invoke_message_result::consumed;
  }
  if (message.mid.is_request()) count_served();
  return caf::scheduled_actor::consume(message);
}

void actor::receive_reply(caf::mailbox_element& message) {
  auto id = message.mid.request_id().integer_value();
  if (auto* waiting = pending_.take(id)) waiting->complete(message);
  else if (id == timer_) expire_due();
  // else: a reply that came after its deadline
}

/// A request from one of Pillar's actors in this process, told by the exact type of its letter.
bool actor::receive_letter(caf::mailbox_element& message) {
  auto* type = &typeid(message);
  for (auto& h : handlers())
    if (h.info->letter == type) {
      auto& letter = static_cast<request_letter_base&>(message);
      return serve(message, letter.head(), &h, letter.body()), true;
    }
  return false;
}

/// Any other request: from a plain CAF actor, from a peer, one of streams, or one that this actor does not know.
void actor::receive_request(caf::mailbox_element& message) {
  auto* content = &message.content();
  caf::message own; // a caf::message may be shared, but a request is moved out of it
  if (content->shared()) own = caf::message::copy(*content), content = &own;
  auto& head = *static_cast<const envelope*>(content->get(0));
  auto* type = content->type(1).second;
  auto known = handlers();
  auto found = std::ranges::find(known, type, [](auto& h) { return h.info->type; });
  if (found == known.end()) { // a library loaded at run time may have its own type_info for the same type
    if (receive_stream_message(message)) {
      if (message.mid.is_request()) count_served();
      return;
    }
    found = std::ranges::find_if(known, [&](auto& h) { return type && *h.info->type == *type; });
  }
  serve(message, head, found == known.end() ? nullptr : &*found, content->get_mutable(1));
}

void actor::serve(caf::mailbox_element& message, const envelope& head, const handler* by, void* request) {
  if (message.mid.is_request()) count_served();
  duty owed{message};
  if (!by || is_over(head.deadline) || stopping_ || activity_count_ >= node_.inbox_limit)
    return owed.answer(error_letter(refusal(by, head)), here());
  running_since_.store(coarse_now().time_since_epoch().count(), std::memory_order_relaxed);
  running_.store(&by->info->name, std::memory_order_relaxed);
  served_head_ = &head;
  by->serve(*this, std::move(owed), head, *by->info, request);
  served_head_ = nullptr;
  running_.store(nullptr, std::memory_order_relaxed);
}

/// Why a request is not started.
failure actor::refusal(const handler* by, const envelope& head) {
  std::string own_name{name_.view()};
  if (!by) return {errc::unknown_request, own_name + " does not know this request"};
  if (is_over(head.deadline))
    return {errc::expired,
            std::string(by->info->name) + " was not started: its time was over when " + own_name + " reached it"};
  if (stopping_) return {errc::unavailable, own_name + " is stopping"};
  return {errc::overloaded, own_name + " has " + std::to_string(activity_count_) + " requests begun: try again later"};
}

bool actor::receive_stream_message(caf::mailbox_element& message) {
  auto& content = message.content();
  if (content.match_element<stream_pull>(1)) {
    auto& pull = content.get_as<stream_pull>(1);
    duty owed{message};
    auto flow = outflows_.find(pull.id);
    if (flow != outflows_.end())
      flow->second.flow->pull(std::move(owed), pull.credit, static_cast<const envelope*>(content.get(0))->deadline);
    else
      owed.answer(error_letter(
                      {errc::cancelled, "the stream has ended: it was not read for too long, or its worker restarted"}),
                  here());
    return true;
  }
  if (content.match_element<stream_drop>(1)) {
    auto flow = outflows_.find(content.get_as<stream_drop>(1).id);
    if (flow != outflows_.end()) flow->second.flow->drop();
    return true;
  }
  return false;
}

// --- waiting --------------------------------------------------------------------------------------------------------

std::uint64_t actor::new_id() {
  return new_request_id(caf::message_priority::normal).request_id().integer_value();
}

void actor::expect(awaiter& a, std::uint64_t id, instant due) {
  pending_.add(id, a);
  if (due == instant::max()) return;
  deadlines_.add(due, id, pending_);
  if (!timer_ || due < timer_due_) arm(due);
}

void actor::forget(awaiter& a) {
  if (a.id != 0) pending_.take(a.id);
}

void actor::expect_route(asking_base& a, std::uint64_t id, instant due) {
  expect(a, id, due);
  route_waiters_.push_back(&a);
  caf::weak_actor_ptr me{ctrl()};
  route_watches_.push_back(a.target()->watch([me](const route&) {
    if (auto alive = caf::actor_cast<caf::strong_actor_ptr>(me))
      send_errand(alive, [](actor& self) { self.route_changed(); });
  }));
  if (a.target()->state() != availability::starting) // it changed before the watch began
    send_errand(caf::strong_actor_ptr{ctrl()}, [](actor& self) { self.route_changed(); });
}

void actor::forget_route(asking_base& a) {
  std::erase(route_waiters_, &a);
  if (route_waiters_.empty()) route_watches_.clear();
}

void actor::route_changed() {
  for (auto* a : std::vector(route_waiters_))
    if (std::ranges::find(route_waiters_, a) != route_waiters_.end()) a->route_changed();
}

void actor::arm(instant due) {
  auto id = new_request_id(caf::message_priority::normal);
  timer_ = id.request_id().integer_value();
  timer_due_ = due;
  clock().set_request_timeout(due, this, id.response_id());
}

void actor::expire_due() {
  timer_due_ = instant::min(); // what begins to wait meanwhile arms no timer of its own
  auto moment = now();
  while (auto id = deadlines_.next_due(moment, pending_))
    if (auto* late = pending_.take(*id)) late->expire();
  timer_ = 0;
  if (auto next = deadlines_.earliest()) arm(*next);
}

// --- activities -----------------------------------------------------------------------------------------------------

void actor::begin(activity& a, std::coroutine_handle<> first) {
  a.self = this;
  a.since = coarse_now();
  a.next_ = activities_;
  if (activities_) activities_->previous_ = &a;
  activities_ = &a;
  ++activity_count_;
  a.resume(first);
}

void actor::unlink(activity& a) {
  if (ended_) return;
  (a.previous_ ? a.previous_->next_ : activities_) = a.next_;
  if (a.next_) a.next_->previous_ = a.previous_;
  a.previous_ = a.next_ = nullptr;
  --activity_count_;
  if (stopping_) finish_stop_if_idle();
}

void actor::pin(activity& a) {
  std::lock_guard lock{exit_lock_};
  ++a.pins;
}

void actor::unpin(activity& a, caf::mailbox_element_ptr message) {
  std::lock_guard lock{exit_lock_};
  --a.pins;
  if (!ended_ && message) caf::scheduled_actor::enqueue(std::move(message), nullptr);
  else if (ended_ && a.pins == 0) a.abandon();
}

std::uint64_t actor::add_outflow(outflow& flow, const caf::strong_actor_ptr& reader) {
  auto id = new_id();
  if (reader) watch(reader);
  outflows_.emplace(id, open_stream{&flow, caf::actor_cast<caf::actor_addr>(reader)});
  return id;
}

bool actor::is_over(instant due) {
  auto coarse = coarse_now();
  return due <= coarse || (due - coarse < tick && due <= now());
}

void actor::remove_outflow(std::uint64_t id) {
  auto reader = outflows_.at(id).reader;
  outflows_.erase(id);
  if (reader) unwatch(reader);
}

void actor::watch(const caf::strong_actor_ptr& who) {
  if (++watched_[caf::actor_cast<caf::actor_addr>(who)] == 1) monitor(who);
}

void actor::unwatch(const caf::actor_addr& who) {
  auto found = watched_.find(who);
  if (found == watched_.end() || --found->second > 0) return; // the first: it has ended
  watched_.erase(found);
  demonitor(who);
}

void actor::drop_work_for(const caf::actor_addr& gone) {
  for (auto* a = activities_; a; a = a->next_)
    if (a->cancellation_ && a->cancellation_->asker() == gone) a->cancel();
  std::vector<outflow*> dropped;
  for (auto& [id, open] : outflows_)
    if (open.reader == gone) dropped.push_back(open.flow);
  for (auto* flow : dropped) flow->drop();
}

std::uint64_t actor::next_trace() {
  return mixed(node_.trace_salt ^ (std::uint64_t{id()} << 32) ^ ++traces_) | 1;
}

envelope actor::own_envelope() {
  return {.deadline = instant::max(), .trace = next_trace(), .caller = name_, .sender = name_};
}

void actor::note(const failure& f, const std::string_view& what, const envelope& head) const {
  auto level = f.code() == errc::internal ? log_level::error : log_level::debug;
  node_.log.log(level, name_.view(), head.trace, std::string(what) + " failed",
                {{"error", std::string(name_of(f.code()))}, {"message", f.message()}});
}

// --- reports --------------------------------------------------------------------------------------------------------

actor_report actor::glance() const {
  actor_report r{
      .name = name_,
      .inbox = requests_between(served_.load(std::memory_order_relaxed), arrived_.load(std::memory_order_relaxed)),
      .doing = {},
      .answers = false};
  if (auto* what = running_.load(std::memory_order_relaxed)) {
    instant since{instant::duration{running_since_.load(std::memory_order_relaxed)}};
    r.doing.push_back({std::string(*what), clock_now() - since, {}, {}});
  }
  return r;
}

actor_report actor::report() {
  auto r = glance();
  r.answers = true;
  r.doing.clear(); // it is this errand that runs
  auto moment = now();
  for (auto* a = activities_; a; a = a->next_) {
    auto& entry = r.doing.emplace_back();
    entry.what = a->what;
    entry.age = moment - a->since;
    entry.caller = a->head.caller;
    entry.waits_for = a->waits_for;
    if (a->waits_at) entry.waits_for += " at " + std::string(a->waits_at->view());
  }
  std::ranges::sort(r.doing, std::greater{}, &activity_report::age);
  return r;
}

instant actor::clock_now() const {
  return const_cast<actor*>(this)->clock().now();
}

std::string to_string(const actor_report& report) {
  auto text = std::string(report.name.view()) + ":";
  auto seconds = [](duration age) {
    auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(age).count() / 100;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
  };
  for (auto& a : report.doing) {
    text += (&a == &report.doing.front() ? " " : ", ") + a.what + " for " + seconds(a.age);
    if (!a.waits_for.empty()) text += ", waiting for " + a.waits_for;
    if (!a.caller.empty() && a.caller != report.name) text += " on behalf of " + std::string(a.caller.view());
  }
  if (report.doing.empty()) text += report.answers ? " idle" : " does not answer";
  else if (!report.answers) text += ", without looking at its mailbox";
  if (report.inbox > 0) text += "; " + std::to_string(report.inbox) + " requests wait";
  return text;
}

// --- the directory --------------------------------------------------------------------------------------------------

void actor_directory::add(actor& a) {
  std::lock_guard lock{mutex_};
  a.next_ = first_;
  if (first_) first_->previous_ = &a;
  first_ = &a;
  ++size_;
}

void actor_directory::remove(actor& a) {
  std::lock_guard lock{mutex_};
  if (first_ != &a && !a.previous_) return; // it was never initialised
  (a.previous_ ? a.previous_->next_ : first_) = a.next_;
  if (a.next_) a.next_->previous_ = a.previous_;
  a.previous_ = a.next_ = nullptr;
  --size_;
}

std::vector<caf::strong_actor_ptr> actor_directory::living() const {
  std::lock_guard lock{mutex_};
  std::vector<caf::strong_actor_ptr> all;
  for (auto* a = first_; a; a = a->next_)
    if (auto alive = caf::actor_cast<caf::strong_actor_ptr>(caf::weak_actor_ptr{a->ctrl()}))
      all.push_back(std::move(alive));
  return all;
}

std::size_t actor_directory::size() const {
  std::lock_guard lock{mutex_};
  return size_;
}

} // namespace pillar
