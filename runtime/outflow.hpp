/// The producing side of a stream: a handler that returns source<T> gives items with `co_yield`, and may ask and
/// offload between them. It runs a few items ahead of the consumer and waits when that many are unread.
#pragma once

#include "runtime/actor.hpp"

#include <deque>

namespace pillar {

/// One stream that an actor produces. Ends itself when its items are read, the consumer drops it, or nobody reads it
/// for a minute.
class outflow : public activity, private awaiter {
public:
  static constexpr std::size_t read_ahead = 4;                       ///< items made before they are asked for
  static constexpr duration longest_pause = std::chrono::minutes(1); ///< between two pulls

  outflow(const std::string_view& what, const envelope& head);

  /// Links it to the actor, which gives it its id. It is dropped when the reader ends.
  std::uint64_t open(actor& by, const caf::strong_actor_ptr& reader);
  void pull(duty owed, std::uint32_t credit, instant deadline);
  void drop();
  /// The actor stops: a stream that waits for what is outside of all actors ends with a failure.
  void stop();

  // For source<T>'s promise:
  void yielded() { at_yield_ = true; }

protected:
  ~outflow() override;
  virtual std::coroutine_handle<> coroutine() const = 0;
  virtual std::size_t ready() const = 0; ///< items made and unread
  virtual caf::mailbox_element_ptr take_batch(std::size_t most) = 0;
  virtual std::exception_ptr thrown() const = 0;

private:
  void progressed() final;
  void abandon() final { delete this; }
  void complete(caf::mailbox_element&) final {}
  void expire() final;
  void await_pull();
  bool deliver(); ///< true: that was the last
  void close();   ///< deletes it

  std::uint64_t stream_ = 0;
  duty puller_;
  std::uint32_t credit_ = 0;
  instant patience_{};   // until when it may go unread
  bool at_yield_ = true; // before its first item, too
  bool dropped_ = false;
};

/// What a streaming handler returns.
template <class T> class [[nodiscard]] source {
public:
  struct promise_type : detail::promise_base {
    std::deque<T> items;
    outflow* flow = nullptr;

    source get_return_object() { return source{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always yield_value(T item) {
      items.push_back(std::move(item));
      flow->yielded();
      return {};
    }
    void return_void() noexcept {}
  };
  using handle_type = std::coroutine_handle<promise_type>;

  explicit source(handle_type coroutine) : coroutine_(coroutine) {}
  source(source&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  source& operator=(source&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  ~source() {
    if (coroutine_) coroutine_.destroy();
  }
  handle_type coroutine() const { return coroutine_; }

private:
  handle_type coroutine_;
};

template <class T> class outflow_of final : public outflow {
public:
  outflow_of(const std::string_view& what, const envelope& head, source<T> body)
      : outflow(what, head), body_(std::move(body)) {
    body_.coroutine().promise().owner = this;
    body_.coroutine().promise().flow = this;
  }

private:
  std::coroutine_handle<> coroutine() const override { return body_.coroutine(); }
  std::size_t ready() const override { return body_.coroutine().promise().items.size(); }
  std::exception_ptr thrown() const override { return body_.coroutine().promise().thrown; }
  caf::mailbox_element_ptr take_batch(std::size_t most) override {
    auto& items = body_.coroutine().promise().items;
    std::vector<T> batch;
    for (; !items.empty() && batch.size() < most; items.pop_front()) batch.push_back(std::move(items.front()));
    return caf::mailbox_element_ptr{new reply_letter<std::vector<T>>(std::move(batch))};
  }

  source<T> body_;
};

} // namespace pillar
