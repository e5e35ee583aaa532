/// worker<Self, Interface, needs<...>>: an actor that answers one interface. Its table of handlers is built from the
/// `on` overloads of Self; leaving one out does not compile.
///
/// A handler is `R on(Request)`, `result<R> on(Request)`, `task<R> on(Request)`, or for streams `source<T>
/// on(Request)`, or `task<source<T>> on(Request)` when something must be done before the ask is answered. What it
/// throws is the caller's failure, and the worker lives on; only worker_failure ends it, for its supervisor to restart
/// it.
#pragma once

#include "runtime/needs.hpp"
#include "runtime/outflow.hpp"

namespace pillar {

namespace detail {

/// What `on(Request)` of a worker may return for the reply R.
template <class Given, class R> constexpr bool fits_reply = false;
template <class R> constexpr bool fits_reply<R, R> = true;
template <class R> constexpr bool fits_reply<result<R>, R> = true;
template <class R> constexpr bool fits_reply<task<R>, R> = true;
template <class T> constexpr bool fits_reply<source<T>, stream<T>> = true;
template <class T> constexpr bool fits_reply<task<source<T>>, stream<T>> = true;

/// Answers with what a handler threw; worker_failure also ends the actor.
void fail_request(actor& self, const std::exception_ptr& thrown, const request_info& info, const envelope& head,
                  duty& owed);

/// A task<R> whose result is owed to a caller.
template <class R> class serving final : public task_activity<R> {
public:
  serving(const request_info& info, const envelope& head, task<R> body, duty owed)
      : task_activity<R>(info.name, head, std::move(body)), info_(info), owed_(std::move(owed)) {}

private:
  void finished(std::exception_ptr thrown, task_promise<R>& promise) override {
    if (thrown) return fail_request(*this->self, thrown, info_, this->head, owed_);
    auto given = [&]() -> result<R> {
      if constexpr (std::is_void_v<R>) return {};
      else return std::move(*promise.value);
    }();
    owed_.answer(info_.answer(&given), this->self->here());
  }
  caf::strong_actor_ptr asker() const override { return owed_.asker(); }

  const request_info& info_;
  duty owed_;
};

/// Opens the stream that a handler has made, and answers with it.
template <class T>
void open_stream(actor& self, source<T> body, const request_info& info, const envelope& head, duty& owed) {
  auto* flow = new outflow_of(info.name, head, std::move(body));
  result<stream_opened> opened{stream_opened{flow->open(self, owed.asker())}};
  owed.answer(info.answer(&opened), self.here());
}

/// A task whose result is the stream that is owed to a caller.
template <class T> class opening final : public task_activity<source<T>> {
public:
  opening(const request_info& info, const envelope& head, task<source<T>> body, duty owed)
      : task_activity<source<T>>(info.name, head, std::move(body)), info_(info), owed_(std::move(owed)) {}

private:
  void finished(std::exception_ptr thrown, task_promise<source<T>>& promise) override {
    if (thrown) return fail_request(*this->self, thrown, info_, this->head, owed_);
    open_stream(*this->self, std::move(*promise.value), info_, this->head, owed_);
  }
  caf::strong_actor_ptr asker() const override { return owed_.asker(); }

  const request_info& info_;
  duty owed_;
};

} // namespace detail

/// Whether Worker answers Request: looked at by the compiler's messages.
template <class Worker, class Request> constexpr bool has_handler = false;
template <class Worker, class Request>
  requires requires(Worker& w, Request r) { w.on(std::move(r)); }
constexpr bool has_handler<Worker, Request> =
    detail::fits_reply<decltype(std::declval<Worker&>().on(std::declval<Request>())), typename Request::reply>;

template <class Self, class Interface, class Needs = needs<>> class worker : public asks<Needs> {
public:
  using interface_type = Interface;
  using asks<Needs>::asks;

protected:
  std::span<const actor::handler> handlers() const final {
    return []<class... Requests>(boost::mp11::mp_list<Requests...>) -> std::span<const actor::handler> {
      static const actor::handler table[] = {{&info<Interface, Requests>(), &serve<Requests>}...};
      return table;
    }(typename Interface::requests{});
  }

private:
  template <class Request>
  static void serve(actor& base, duty owed, const envelope& head, const request_info& row, void* from) {
    static_assert(has_handler<Self, Request>,
                  "the worker has no on(Request) that returns the reply, or it is not public");
    if constexpr (has_handler<Self, Request>) {
      using R = typename Request::reply;
      using Given = decltype(std::declval<Self&>().on(std::declval<Request>()));
      auto& self = static_cast<Self&>(base);
      auto& request = *static_cast<Request*>(from);
      try {
        if constexpr (is_stream<R>) {
          static_assert(takes_by_value<Given, Request>, "a coroutine must take its request by value");
          if constexpr (std::same_as<Given, source<typename R::item_type>>) {
            detail::open_stream(base, self.on(std::move(request)), row, head, owed);
          } else {
            auto* a =
                new detail::opening<typename R::item_type>(row, head, self.on(std::move(request)), std::move(owed));
            base.begin(*a, a->coroutine());
          }
        } else if constexpr (std::same_as<Given, task<R>>) {
          static_assert(takes_by_value<Given, Request>, "a coroutine must take its request by value");
          auto* a = new detail::serving<R>(row, head, self.on(std::move(request)), std::move(owed));
          base.begin(*a, a->coroutine());
        } else if constexpr (std::is_void_v<Given>) {
          self.on(std::move(request));
          result<void> given;
          owed.answer(row.answer(&given), base.here());
        } else {
          result<R> given = self.on(std::move(request));
          owed.answer(row.answer(&given), base.here());
        }
      } catch (...) {
        detail::fail_request(base, std::current_exception(), row, head, owed);
      }
    }
  }

  template <class Given, class Request>
  static constexpr bool takes_by_value = requires { static_cast<Given (Self::*)(Request)>(&Self::on); };
};

} // namespace pillar
