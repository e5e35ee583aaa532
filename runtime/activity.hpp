/// One handler, or one `run`, in progress: the root of a coroutine, whom its result is owed to, and what its asks
/// inherit.
#pragma once

#include "interfaces/envelope.hpp"
#include "interfaces/wire.hpp"
#include "runtime/cancellation.hpp"
#include "runtime/task.hpp"

#include <caf/mailbox_element.hpp>

#include <coroutine>
#include <memory>
#include <stop_token>
#include <string_view>

namespace pillar {

class actor;
class activity;
void end_activity(activity& a); ///< takes it out of its actor's list

/// The duty to answer one request, exactly once. Dropped, it answers `abandoned`.
class duty {
public:
  duty() = default;
  explicit duty(caf::mailbox_element& request);
  duty(duty&& other) noexcept = default;
  duty& operator=(duty&& other) noexcept;
  ~duty();

  /// `here`: the execution unit of the calling actor, or null outside of one.
  void answer(caf::mailbox_element_ptr reply, caf::execution_unit* here = nullptr);
  explicit operator bool() const { return to_ != nullptr; }
  const caf::strong_actor_ptr& asker() const { return to_; }

private:
  caf::strong_actor_ptr to_;
  caf::message_id id_;
};

/// Lives in the list of its actor until its coroutine is done or the actor ends; deletes itself.
class activity : public recycled {
public:
  activity(const std::string_view& what, const envelope& head) : head(head), what(what) {}
  activity(const activity&) = delete;
  activity& operator=(const activity&) = delete;

  /// Lets a coroutine of this activity run until it waits again. May delete the activity.
  void resume(std::coroutine_handle<> coroutine);

  /// Requested when nobody can use the outcome any more.
  std::stop_token stop_token();

  actor* self = nullptr;
  envelope head;                        ///< what the asks made here inherit
  const std::string_view& what;         ///< the request's name, "run", "start" or "stop": static
  instant since{};                      ///< when it began
  std::string_view waits_for{};         ///< the request it asked last, for reports; empty when it waits for none
  const actor_name* waits_at = nullptr; ///< and the worker that was asked
  bool awaits_outside = false;          ///< it waits for what no actor owes, maybe for ever
  unsigned pins = 0;                    ///< jobs in other threads that use its frames; guarded by the actor's exit lock

protected:
  virtual ~activity() = default;
  /// Runs frames, without looking at what that led to.
  void run_frames(std::coroutine_handle<> coroutine);
  bool dead() const { return dead_; }
  /// Nobody can use the outcome any more.
  void cancel();
  /// Whose end makes it useless; null when nobody's does.
  virtual caf::strong_actor_ptr asker() const { return nullptr; }
  /// Control is back in the actor: answers and ends itself when the coroutine is done.
  virtual void progressed() = 0;
  /// The actor has ended: frees the frames, which answers what is owed, and deletes itself.
  virtual void abandon() = 0;

private:
  friend class actor;
  activity* previous_ = nullptr;
  activity* next_ = nullptr;
  unsigned depth_ = 0;                         // frames of it on the stack
  bool dead_ = false;                          // the actor ended while it was on the stack
  std::unique_ptr<cancellation> cancellation_; // once somebody wants to know
};

/// A task<R> in progress. Derived classes say what is done with its result.
template <class R> class task_activity : public activity {
public:
  task_activity(const std::string_view& what, const envelope& head, task<R> body)
      : activity(what, head), body_(std::move(body)) {
    body_.coroutine().promise().owner = this;
  }
  std::coroutine_handle<> coroutine() const { return body_.coroutine(); }

protected:
  /// `thrown` is null when the task gave a value.
  virtual void finished(std::exception_ptr thrown, detail::task_promise<R>& promise) = 0;

private:
  void progressed() final {
    if (!body_.coroutine().done()) return;
    auto& promise = body_.coroutine().promise();
    finished(promise.thrown, promise);
    end_activity(*this);
    delete this;
  }
  void abandon() final { delete this; }

  task<R> body_;
};

} // namespace pillar
