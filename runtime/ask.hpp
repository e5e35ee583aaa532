/// co_await ask(request): sends the request straight to a worker and resumes with its reply.
#pragma once

#include "interfaces/stream.hpp"
#include "runtime/actor.hpp"

#include <coroutine>
#include <optional>

namespace pillar {

/// What all asks share. Knows no request type: that is behind the request_info.
class asking_base : public awaiter {
public:
  /// Through a binding: to the worker whose turn it is.
  asking_base(binding& to, const request_info& info, caf::mailbox_element_ptr letter, std::optional<duration> limit)
      : binding_(&to), info_(&info), letter_(std::move(letter)), limit_(limit) {}
  /// To one worker.
  asking_base(provider to, const request_info& info, caf::mailbox_element_ptr letter, std::optional<duration> limit)
      : info_(&info), worker_(std::move(to.worker)), worker_name_(to.name), letter_(std::move(letter)), limit_(limit) {}
  asking_base(asking_base&& from) noexcept // before it is awaited
      : binding_(from.binding_), info_(from.info_), worker_(std::move(from.worker_)), worker_name_(from.worker_name_),
        letter_(std::move(from.letter_)), limit_(from.limit_) {}
  ~asking_base();

  bool await_ready() const noexcept { return false; }
  template <class Promise> bool await_suspend(std::coroutine_handle<Promise> by) {
    return begin(*by.promise().owner, by);
  }

  const std::shared_ptr<route>& target() const { return binding_->target(); }
  void route_changed();

protected:
  /// Moves the reply out of the message; false when it is none.
  virtual bool open(caf::type_erased_tuple& content) = 0;
  const provider answering() const { return {worker_, worker_name_, true}; }
  std::optional<failure> failed_;
  std::optional<stream_pull> pull_; // to be repeated when there is nothing yet

private:
  bool begin(activity& by, std::coroutine_handle<> waiter);
  bool begin_at_once();
  bool send();
  bool await_worker();
  bool no_worker();
  caf::strong_actor_ptr worker() const; ///< who was asked, if it still serves
  void complete(caf::mailbox_element& message) final;
  void expire() final;
  void resume();
  void fail(failure f);
  bool send_again(const failure& f);

  binding* binding_ = nullptr;
  const request_info* info_;
  caf::strong_actor_ptr worker_; // only when it is needed after sending: for streams, and to send again
  actor_name worker_name_;
  caf::mailbox_element_ptr letter_;
  caf::mailbox_element_ptr spare_; // of an idempotent request, should its worker die
  std::optional<duration> limit_;
  instant due_{};
  instant asked_{};
  activity* by_ = nullptr;
  std::coroutine_handle<> waiter_;
  bool waits_for_route_ = false;
};

/// How an ask ends: with its reply or an exception, or with a result.
enum class asking_style { throws, gives_result };

template <class Reply, asking_style Style> class [[nodiscard]] asking final : public asking_base {
public:
  using asking_base::asking_base;

  auto await_resume() {
    if constexpr (Style == asking_style::throws) {
      if (failed_) throw std::move(*failed_);
      if constexpr (!std::is_void_v<Reply>) return take();
    } else {
      if (failed_) return result<Reply>{std::move(*failed_)};
      if constexpr (std::is_void_v<Reply>) return result<Reply>{};
      else return result<Reply>{take()};
    }
  }

private:
  Reply take() {
    if constexpr (is_stream<Reply>) return Reply{answering(), slot_->id};
    else return std::move(*slot_);
  }
  bool open(caf::type_erased_tuple& content) override { return open_(content, &slot_); }

public:
  using asking_base::pull_;
  bool (*open_)(caf::type_erased_tuple&, void*) = nullptr;
  std::unique_ptr<binding> kept_; // of an ask through a handle, which has no binding of its own

private:
  opened_reply<wire_reply<Reply>> slot_;
};

/// co_await sleep_for(1s): in the actor's time, which is virtual in tests.
class [[nodiscard]] sleep_for final : public awaiter {
public:
  explicit sleep_for(duration length) : length_(length) {}
  sleep_for(sleep_for&& from) noexcept : length_(from.length_) {} // before it is awaited
  ~sleep_for();

  bool await_ready() const noexcept { return length_ <= duration::zero(); }
  template <class Promise> void await_suspend(std::coroutine_handle<Promise> by) { begin(*by.promise().owner, by); }
  void await_resume() const noexcept {}

private:
  void begin(activity& by, std::coroutine_handle<> waiter);
  void complete(caf::mailbox_element&) override {}
  void expire() override;

  duration length_;
  activity* by_ = nullptr;
  std::coroutine_handle<> waiter_;
};

} // namespace pillar
