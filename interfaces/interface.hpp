/// A request is a described struct with a `reply` type; an interface is a named list of requests; a narrow interface is
/// a subset of one. All of it is types: nothing here costs anything at run time, and nothing here knows CAF.
#pragma once

#include "interfaces/type_name.hpp"

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pillar {

/// What travels: raw bytes, of no declared meaning.
using bytes = std::vector<std::byte>;

/// A string as a template argument.
template <std::size_t N> struct literal {
  char text[N];
  constexpr literal(const char (&from)[N]) { std::copy_n(from, N, text); }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

/// The requests that one kind of worker answers. Write `struct service : interface<"ipfs", add_str, cat> {};` rather
/// than an alias: the compiler's messages then say `ipfs::service` instead of the whole list.
template <literal Name, class... Requests> struct interface {
  /// The first half of every request's name: "ipfs" in "ipfs.add_str".
  static constexpr std::string_view name = Name.view();
  static constexpr auto literal_name = Name;
  using requests = boost::mp11::mp_list<Requests...>;
  struct set : std::type_identity<Requests>... {};
};

/// Whether an interface has a request.
template <class Interface, class Request>
constexpr bool accepts = std::is_base_of_v<std::type_identity<Request>, typename Interface::set>;

namespace detail {
template <class Wide, class Narrow> constexpr bool covers_list = false;
template <class Wide, class... Requests>
constexpr bool covers_list<Wide, boost::mp11::mp_list<Requests...>> = (accepts<Wide, Requests> && ...);
template <class Interface> using narrowed_from = typename Interface::whole;
} // namespace detail

/// Whether Wide has every request of Narrow: then a handle to the one is a handle to the other.
template <class Wide, class Narrow> constexpr bool covers = detail::covers_list<Wide, typename Narrow::requests>;

/// Fewer requests, answered by the same workers: `struct reader : narrow<service, cat, stat> {};`.
template <class Whole, class... Requests> struct narrow : interface<Whole::literal_name, Requests...> {
  static_assert((accepts<Whole, Requests> && ...), "a narrow interface takes requests of the whole one only");
  using whole = Whole;
};

/// The interface that a narrow one was cut from; any other interface itself.
template <class Interface> using whole_of = boost::mp11::mp_eval_or<Interface, detail::narrowed_from, Interface>;

/// An interface's own name, as grants and messages use it: "ipfs.reader", "db.service".
template <class Interface> std::string interface_name() {
  return dotted(cpp_name<Interface>);
}

/// A request that may be sent again when its worker died before answering: `static constexpr bool idempotent = true;`.
template <class Request> constexpr bool is_idempotent = false;
template <class Request>
  requires requires { Request::idempotent; }
constexpr bool is_idempotent<Request> = Request::idempotent;

/// As `reply`: the answer is a sequence of T, consumed one by one with `co_await next()`. Defined in
/// runtime/stream.hpp.
template <class T> class stream;
template <class T> constexpr bool is_stream = false;
template <class T> constexpr bool is_stream<stream<T>> = true;

/// What an interface needs compiled, request by request. Defined in wire.hpp, instantiated beside each contract.
struct request_info;
template <class Interface> struct wire {
  static const std::span<const request_info> table;
};

} // namespace pillar
