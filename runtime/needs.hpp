/// The mix-in: the interfaces that a worker or plugin may ask. Asking for anything else does not compile.
#pragma once

#include "runtime/all.hpp"
#include "runtime/ask.hpp"
#include "runtime/offload.hpp"
#include "runtime/stream.hpp"

#include <boost/mp11/algorithm.hpp>

#include <array>

namespace pillar {

/// One declared need, for start-up order and grants.
struct need {
  std::string_view whole; ///< the interface's route: "ipfs"
  std::string granted_as; ///< the name that a grant must cover: "ipfs.reader"
};

template <class... Interfaces> struct needs {
  template <class Request> static constexpr int accepting = (0 + ... + accepts<Interfaces, Request>);
  template <class Request>
  static constexpr std::size_t position =
      boost::mp11::mp_find<boost::mp11::mp_list<boost::mp11::mp_bool<accepts<Interfaces, Request>>...>,
                           boost::mp11::mp_true>::value;

  static std::vector<need> list() { return {need{whole_of<Interfaces>::name, interface_name<Interfaces>()}...}; }
};

template <class Needs> class asks;

/// The asking half of workers and plugins.
template <class... Interfaces> class asks<needs<Interfaces...>> : public actor {
public:
  using needs_list = needs<Interfaces...>;

  explicit asks(const context& ctx)
      : actor(ctx), bindings_{binding{ctx.node.services.route_of(whole_of<Interfaces>::name)}...} {}

protected:
  /// `co_await ask(ipfs::add_str{.text = "hello"})` gives the reply, or throws failure. The request's deadline is the
  /// one of the request being served, or `limit` from now if that is sooner; without either, node.ask-timeout.
  template <class Request> auto ask(Request request, std::optional<duration> limit = {}) {
    return make<asking_style::throws>(request, limit);
  }
  /// The same as result<reply>: for failures that are expected.
  template <class Request> auto try_ask(Request request, std::optional<duration> limit = {}) {
    return make<asking_style::gives_result>(request, limit);
  }
  /// Through a handle that was handed over, whatever the needs are: the handle's type is the permission.
  template <class Interface, class Request>
  auto ask(const handle<Interface>& to, Request request, std::optional<duration> limit = {}) {
    return make<asking_style::throws>(to, request, limit);
  }
  template <class Interface, class Request>
  auto try_ask(const handle<Interface>& to, Request request, std::optional<duration> limit = {}) {
    return make<asking_style::gives_result>(to, request, limit);
  }
  /// A handle to pass on, to as much of a needed interface as its type says.
  template <class Interface> handle<Interface> handle_to() {
    static_assert((std::same_as<whole_of<Interface>, whole_of<Interfaces>> || ...)
                      && (covers<Interfaces, Interface> || ...),
                  "no interface among the needs covers this one: add it to needs<...>");
    return handle<Interface>{node().services.route_of(whole_of<Interface>::name)};
  }

private:
  template <asking_style Style, class Interface, class Request>
  auto make(const handle<Interface>& to, Request& request, std::optional<duration> limit) {
    static_assert(accepts<Interface, Request>, "the handle's interface does not have this request");
    auto& row = info<Interface, Request>();
    auto kept = std::make_unique<binding>(to.target());
    asking<typename Request::reply, Style> a{*kept, row, row.pack(&request), limit};
    a.open_ = row.open;
    a.kept_ = std::move(kept);
    return a;
  }

  template <asking_style Style, class Request> auto make(Request& request, std::optional<duration> limit) {
    static_assert(needs_list::template accepting<Request> != 0,
                  "no interface among the needs has this request: add one to needs<...>");
    static_assert(needs_list::template accepting<Request> < 2,
                  "several interfaces among the needs have this request: keep one in needs<...>");
    constexpr auto i = needs_list::template position<Request>;
    if constexpr (i < sizeof...(Interfaces)) {
      auto& row = info<boost::mp11::mp_at_c<boost::mp11::mp_list<Interfaces...>, i>, Request>();
      asking<typename Request::reply, Style> a{bindings_[i], row, row.pack(&request), limit};
      a.open_ = row.open;
      return a;
    }
  }

  std::array<binding, sizeof...(Interfaces)> bindings_;
};

} // namespace pillar
