/// The consuming side of a stream: `while (auto item = co_await s.next()) ...`. Each batch is an ask like any other,
/// with a deadline of its own, so a dead or stuck producer is a failure, not a silence. One that waits for what comes
/// from outside, such as a subscription's, says so before the deadline, and is asked again.
#pragma once

#include "runtime/ask.hpp"

#include <deque>

namespace pillar {

/// The row of the request that pulls a stream.
const request_info& stream_pull_info();

/// Tells the producer that nobody reads the stream any more.
void drop_stream(const provider& from, std::uint64_t id);

/// Belongs to the actor that asked for it; movable. Destroyed before its end, it tells the producer to stop.
template <class T> class [[nodiscard]] stream {
public:
  using item_type = T;
  static constexpr std::uint32_t credit = 8; ///< items that one batch may hold

  stream(provider from, std::uint64_t id) : from_(std::move(from)), id_(id) {}
  stream(stream&& other) noexcept
      : from_(std::move(other.from_)), id_(std::exchange(other.id_, 0)), items_(std::move(other.items_)) {}
  stream& operator=(stream&& other) noexcept {
    std::swap(from_, other.from_);
    std::swap(id_, other.id_);
    std::swap(items_, other.items_);
    return *this;
  }
  ~stream() {
    if (id_ != 0) drop_stream(from_, id_);
  }

  class next_item;
  /// The next item; nothing at the end. Throws the failure that ended the stream; after it, and after the end, it gives
  /// nothing again.
  next_item next() { return next_item{*this}; }

  std::uint64_t id() const { return id_; }
  const provider& from() const { return from_; }

private:
  provider from_;
  std::uint64_t id_; // 0: over
  std::deque<T> items_;
};

template <class T> class [[nodiscard]] stream<T>::next_item {
public:
  explicit next_item(stream& of) : of_(of) {}

  bool await_ready() {
    if (!of_.items_.empty() || of_.id_ == 0) return true;
    stream_pull pull{of_.id_, credit};
    asking_.emplace(of_.from_, stream_pull_info(), stream_pull_info().pack(&pull), std::nullopt);
    asking_->pull_ = pull;
    asking_->open_ = [](caf::type_erased_tuple& content, void* into) {
      if (!content.match_elements<std::vector<T>>()) return false;
      static_cast<std::optional<std::vector<T>>*>(into)->emplace(content.move_if_unshared<std::vector<T>>(0));
      return true;
    };
    return false;
  }
  template <class Promise> bool await_suspend(std::coroutine_handle<Promise> by) { return asking_->await_suspend(by); }
  std::optional<T> await_resume() {
    if (asking_) {
      auto batch = asking_->await_resume();
      if (!batch && batch.error().code() == errc::expired) drop_stream(of_.from_, of_.id_);
      if (!batch || batch->empty()) of_.id_ = 0; // else the producer has let go of it by itself
      if (!batch) throw std::move(batch).error();
      of_.items_.assign(std::make_move_iterator(batch->begin()), std::make_move_iterator(batch->end()));
    }
    if (of_.items_.empty()) return std::nullopt;
    std::optional<T> item{std::move(of_.items_.front())};
    of_.items_.pop_front();
    return item;
  }

private:
  stream& of_;
  std::optional<asking<std::vector<T>, asking_style::gives_result>> asking_;
};

} // namespace pillar
