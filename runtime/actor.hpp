/// The base of workers and plugins: serves requests from a table of handlers, runs coroutines, and waits for replies.
///
/// It overrides CAF's `consume`, which sees every message first: CAF's own behaviors, response handlers and timers per
/// request are not used, since they cost a linear search and several allocations each.
#pragma once

#include "runtime/activity.hpp"
#include "runtime/coarse_clock.hpp"
#include "runtime/host.hpp"
#include "runtime/pending.hpp"

#include <caf/scheduled_actor.hpp>

#include <atomic>
#include <functional>
#include <mutex>
#include <unordered_map>

namespace pillar {

class asking_base;
class outflow;

/// One thing that an actor does, for people.
struct activity_report {
  std::string what; ///< "ipfs.add_file", "run"
  duration age{};
  std::string waits_for; ///< "db.put at db#1"; empty when it waits for no other actor
  actor_name caller;
};

/// What an actor does now.
struct actor_report {
  actor_name name;
  std::uint64_t inbox = 0;            ///< requests waiting
  std::vector<activity_report> doing; ///< oldest first
  bool answers = true; ///< false: it did not look at its mailbox in time, so `doing` is what it is stuck in
};

/// "notary-1: run for 12 s, waiting for ipfs.add_file at ipfs#1; 3 requests wait"
std::string to_string(const actor_report& report);

class actor : public caf::scheduled_actor, public caf::dynamically_typed_actor_base {
public:
  using behavior_type = caf::behavior; ///< for CAF's spawn
  /// Hides CAF's function of that name, which is here() now, so that a plugin's constructor can say `context`.
  using context = pillar::context;
  /// How one request is served: it must answer the duty, now or later.
  struct handler {
    const request_info* info;
    void (*serve)(actor& self, duty owed, const envelope& head, const request_info& info, void* request);
  };
  /// Work that another thread sends an actor to do in its own.
  using errand = std::function<void(actor&)>;
  using completion = std::function<void(result<void>)>;

  explicit actor(const context& ctx);
  ~actor() override;

  /// False when the actor has ended; the errand is destroyed unrun then, as it is when the actor ends before it.
  static bool send_errand(const caf::strong_actor_ptr& to, errand work);
  /// The actor behind a CAF handle, when it lives in this process and is Pillar's; else null.
  static actor* behind(const caf::strong_actor_ptr& handle);

  const char* name() const override { return name_text_; }
  const actor_name& own_name() const { return name_; }
  host& node() const { return node_; }
  /// Thread-safe: what is running at this moment, without asking the actor.
  actor_report glance() const;

  // In the actor's own thread:
  actor_report report();
  void begin_start(completion done); ///< runs start(), then serves or runs
  void begin_stop(completion done);  ///< takes no new requests, finishes what it does, runs stop(), then ends
  void end(caf::error reason);       ///< ends after the current message; suspended coroutines are destroyed
  instant now() { return clock().now(); }
  /// now(), or a tick earlier: for what is known only so exactly, at a tenth of the price.
  instant coarse_now() { return node_.real_time ? coarse_steady_now() : now(); }
  /// Whether the moment has come, exactly.
  bool is_over(instant due);
  caf::execution_unit* here() const { return caf::local_actor::context(); }

  // For awaiters and activities:
  std::uint64_t new_id();
  void expect(awaiter& a, std::uint64_t id, instant due);
  void forget(awaiter& a);
  awaiter* waiting_for(std::uint64_t id) const { return pending_.find(id); }
  void expect_route(asking_base& a, std::uint64_t id, instant due);
  void forget_route(asking_base& a);
  /// Links the activity, which owns itself from now on, and runs it until it waits.
  void begin(activity& a, std::coroutine_handle<> first);
  void unlink(activity& a);
  std::uint64_t next_trace();
  envelope own_envelope();
  std::uint64_t add_outflow(outflow& flow, const caf::strong_actor_ptr& reader);
  void remove_outflow(std::uint64_t id);
  /// When that actor ends, its streams are dropped, and what it asked for is cancelled. As often as it is to be undone.
  void watch(const caf::strong_actor_ptr& who);
  void unwatch(const caf::actor_addr& who);
  bool ended() const { return ended_; }
  bool stopping() const { return stopping_; }
  /// Logs what a handler or coroutine threw; a defect is an error, what contracts name is only for debugging.
  void note(const failure& f, const std::string_view& what, const envelope& head) const;
  /// A job in another thread begins to use the frames of an activity, which live until it lets go.
  void pin(activity& a);
  /// The job lets go and, when the actor still lives, `message` resumes it. In the job's thread.
  void unpin(activity& a, caf::mailbox_element_ptr message);

  // CAF's:
  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* here) override;
  using caf::scheduled_actor::enqueue;
  caf::resumable::resume_result resume(caf::execution_unit* here, std::size_t most) override;
  caf::invoke_message_result consume(caf::mailbox_element& message) override;
  using caf::scheduled_actor::consume;

protected:
  virtual std::span<const handler> handlers() const { return {}; }
  /// Before the first request, or before run: what needs other services or takes long. Its failure is the actor's.
  virtual task<> start();
  /// After the last request: what must be done before the actor ends.
  virtual task<> stop();
  virtual bool runs() const { return false; } ///< whether it has an automaton: plugins
  virtual task<> run_plugin();
  /// Who asks what is being served: for a handler until it first waits.
  const envelope& asker() const { return *served_head_; }
  /// A coroutine beside the handlers. `what` names it in reports and must be static. What it throws is logged;
  /// worker_failure ends the actor.
  void begin_task(const std::string_view& what, task<> body);

  /// An actor that this one monitors has ended.
  virtual void down(const caf::actor_addr& who, const caf::error& reason);
  /// The actor has ended, its coroutines are destroyed: lets go of what must not outlive it, such as a locked file.
  virtual void released() {}

  void initialize() override;
  void on_exit() override;

private:
  friend class activity;
  friend class actor_directory;
  void receive_reply(caf::mailbox_element& message);
  struct turn;
  void consume_or_end(caf::mailbox_element& message);
  bool receive_letter(caf::mailbox_element& message);
  void receive_request(caf::mailbox_element& message);
  void serve(caf::mailbox_element& message, const envelope& head, const handler* by, void* request);
  failure refusal(const handler* by, const envelope& head);
  void count_served() { served_.store(served_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }
  bool receive_stream_message(caf::mailbox_element& message);
  void drop_work_for(const caf::actor_addr& gone);
  void expire_due();
  void arm(instant due);
  void finish_stop_if_idle();
  void begin_own(const std::string_view& what, task<> body, completion done);
  void route_changed();
  instant clock_now() const;

  host& node_;
  actor_name name_;
  char name_text_[actor_name::longest + 1]{};
  std::shared_ptr<route> serves_;
  bool stopping_ = false;
  bool ended_ = false;

  pending_table pending_;
  deadline_list deadlines_;
  std::uint64_t timer_ = 0;
  instant timer_due_{};
  std::uint64_t traces_ = 0;

  activity* activities_ = nullptr;
  std::size_t activity_count_ = 0;
  struct open_stream {
    outflow* flow;
    caf::actor_addr reader;
  };
  std::unordered_map<std::uint64_t, open_stream> outflows_;
  std::unordered_map<caf::actor_addr, std::size_t> watched_; // how often
  std::vector<asking_base*> route_waiters_;
  std::vector<std::shared_ptr<void>> route_watches_;
  completion stopped_;
  const envelope* served_head_ = nullptr;
  std::mutex exit_lock_;

  // Read by other threads:
  std::atomic<std::uint64_t> arrived_{0};
  std::atomic<std::uint64_t> served_{0};
  std::atomic<const std::string_view*> running_{nullptr};
  std::atomic<instant::rep> running_since_{0};

  actor* previous_ = nullptr; // in the node's directory
  actor* next_ = nullptr;
};

} // namespace pillar
