/// What an interface needs compiled: one row per request, with everything that can be done to a request without knowing
/// its type. Beside a contract stand two lines, so that all of it is compiled once and nowhere else:
///
///     extern template struct pillar::wire<pillar::ipfs::service>;   // in the header, below the interface
///     template struct pillar::wire<pillar::ipfs::service>;          // in one .cpp, which includes this header
#pragma once

#include "interfaces/letter.hpp"
#include "interfaces/stream.hpp"

#include <caf/actor_system_config.hpp>

namespace pillar {

/// What travels as the answer: of a stream only its opening.
template <class Reply> using wire_reply = std::conditional_t<is_stream<Reply>, stream_opened, Reply>;

struct request_info {
  std::string_view name;       ///< "ipfs.add_str": on the wire, in logs, metrics and messages
  std::string_view short_name; ///< "add_str"
  const layout* request;
  const layout* reply;
  const std::type_info* type;   ///< of the request
  const std::type_info* letter; ///< of the letter that brings it, unless it comes from a plain CAF actor or a peer
  std::uint64_t fingerprint;
  bool idempotent;
  bool streams;

  caf::mailbox_element_ptr (*pack)(void* request);                             ///< moves it, beside an empty envelope
  caf::mailbox_element_ptr (*pack_binary)(std::span<const std::byte> request); ///< throws failure
  caf::mailbox_element_ptr (*pack_copy)(const void* request);
  caf::mailbox_element_ptr (*answer)(void* result);  ///< moves from a result<wire_reply>: a value or a failure
  bool (*open)(caf::type_erased_tuple&, void* into); ///< moves a reply into an optional<wire_reply>; false: it is none
  bool (*open_binary)(caf::type_erased_tuple&, bytes& into);
  void (*add_to)(caf::actor_system_config&);

  /// "ipfs.pin_rm{path: text, recursive: flag} -> ipfs.cid{text: text}"
  std::string description() const { return spelled(*request) + " -> " + spelled(*reply); }
};

/// A value or, for requests without one, nothing: where a reply is opened into.
template <class Reply>
using opened_reply = std::optional<std::conditional_t<std::is_void_v<Reply>, std::monostate, Reply>>;

/// Registers a type that crosses the wire by its name, before the actor system exists. The same type may be added
/// again; two types of one name throw std::logic_error.
void add_named_type(caf::actor_system_config& to, const std::type_info& type, const std::string& name,
                    caf::type_erased_value_ptr (*make)());

template <class T> void add_type(caf::actor_system_config& to, const std::string& name) {
  if constexpr (message_value<T>::number == 0) add_named_type(to, typeid(T), name, &message_value<T>::make);
}

/// The types that every node sends, whatever its interfaces: envelopes and the requests of streams.
void add_common_types(caf::actor_system_config& to);

namespace detail {

template <std::string_view const&... Parts> struct joined {
  static constexpr auto make() {
    std::array<char, (Parts.size() + ...)> all{};
    auto* at = all.data();
    ((at = std::copy(Parts.begin(), Parts.end(), at)), ...);
    return all;
  }
  static constexpr auto storage = make();
  static constexpr std::string_view value{storage.data(), storage.size()};
};
inline constexpr std::string_view dot = ".";

template <class Interface, class Request>
constexpr std::string_view request_name = joined<Interface::name, dot, last_name<Request>>::value;

template <class T> struct stream_item;
template <class T> struct stream_item<stream<T>> {
  using type = T;
};

template <class Interface, class Request> consteval request_info info_of() {
  using Reply = typename Request::reply;
  using Wire = wire_reply<Reply>;
  static_assert(!std::floating_point<Reply>, "a bare floating point reply is spoilt by CAF: put it into a struct");
  return {
      .name = request_name<Interface, Request>,
      .short_name = last_name<Request>,
      .request = &layout_of<Request>::value,
      .reply = &layout_of<Reply>::value,
      .type = &typeid(Request),
      .letter = &typeid(request_letter<Request>),
      .fingerprint = pillar::fingerprint<Request>(),
      .idempotent = is_idempotent<Request>,
      .streams = is_stream<Reply>,
      .pack =
          [](void* r) {
            return caf::mailbox_element_ptr{new request_letter<Request>(std::move(*static_cast<Request*>(r)))};
          },
      .pack_binary =
          [](std::span<const std::byte> data) {
            return caf::mailbox_element_ptr{new request_letter<Request>(decode<Request>(data))};
          },
      .pack_copy =
          [](const void* r) {
            return caf::mailbox_element_ptr{new request_letter<Request>(Request(*static_cast<const Request*>(r)))};
          },
      .answer =
          [](void* from) {
            auto& given = *static_cast<result<Wire>*>(from);
            if (!given) return error_letter(given.error());
            if constexpr (std::is_void_v<Wire>) return empty_letter();
            else return caf::mailbox_element_ptr{new reply_letter<Wire>(std::move(*given))};
          },
      .open =
          [](caf::type_erased_tuple& content, void* into) {
            auto& slot = *static_cast<opened_reply<Wire>*>(into);
            if constexpr (std::is_void_v<Wire>) return content.empty() && (slot.emplace(), true);
            else {
              if (&typeid(content) == &typeid(reply_letter<Wire>))
                slot.emplace(std::move(static_cast<reply_letter<Wire>&>(content).reply()));
              else if (content.match_elements<Wire>()) slot.emplace(content.move_if_unshared<Wire>(0));
              else return false;
              return true;
            }
          },
      .open_binary =
          [](caf::type_erased_tuple& content, bytes& into) {
            into.clear();
            if constexpr (std::is_void_v<Wire>) return content.empty();
            else return content.match_elements<Wire>() && (into = encode(content.get_as<Wire>(0)), true);
          },
      .add_to =
          [](caf::actor_system_config& to) {
            add_type<Request>(to, std::string(request_name<Interface, Request>));
            if constexpr (is_stream<Reply>) {
              using items = std::vector<typename stream_item<Reply>::type>;
              add_type<items>(to, spelled(layout_of<items>::value, false));
            } else if constexpr (!std::is_void_v<Reply>) add_type<Reply>(to, spelled(layout_of<Reply>::value, false));
          },
  };
}

template <class Interface, class... Requests>
inline constexpr request_info infos_of[] = {info_of<Interface, Requests>()...};

template <class Interface> constexpr std::span<const request_info> table_of() {
  return []<class... Requests>(boost::mp11::mp_list<Requests...>) -> std::span<const request_info> {
    return infos_of<Interface, Requests...>;
  }(typename Interface::requests{});
}

} // namespace detail

template <class Interface> const std::span<const request_info> wire<Interface>::table = detail::table_of<Interface>();

/// The row of a request, by the interface that has it or a narrower one.
template <class Interface, class Request> const request_info& info() {
  using Whole = whole_of<Interface>;
  return wire<Whole>::table[boost::mp11::mp_find<typename Whole::requests, Request>::value];
}

} // namespace pillar
