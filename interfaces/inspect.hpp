/// The door between Pillar's types and CAF's serializers: a described value travels as one length-prefixed block in
/// Pillar's binary form, whether CAF or Pillar sends it. Deadlines are written and read with the actor system's clock.
#pragma once

#include "interfaces/binary.hpp"
#include "interfaces/json.hpp"

#include <caf/deserializer.hpp>
#include <caf/error.hpp>
#include <caf/serializer.hpp>

namespace pillar {

/// A failure as CAF carries it between actors: category "pillar", the code, and the message.
caf::error to_caf_error(const failure& f);

/// The failure in a CAF error. CAF's own errors become the code that says the same: a receiver that is down is
/// `unavailable`, a time-out `expired`, an unknown message `unknown_request`.
failure from_caf_error(const caf::error& e);

namespace detail {
caf::error save_block(std::span<const std::byte> data, caf::serializer& sink);
caf::error load_block(bytes& data, caf::deserializer& source);
instant clock_of(caf::execution_unit* context);
} // namespace detail

template <class T> caf::error save(const T& x, caf::serializer& sink) {
  try {
    return detail::save_block(encode(x, detail::clock_of(sink.context())), sink);
  } catch (const failure& f) {
    return to_caf_error(f);
  }
}

template <class T> caf::error load(T& x, caf::deserializer& source) {
  bytes data;
  if (auto e = detail::load_block(data, source)) return e;
  try {
    x = decode<T>(data, detail::clock_of(source.context()));
    return caf::none;
  } catch (const failure& f) {
    return to_caf_error(f);
  }
}

/// The value as one line of JSON: for CAF's to_string and logs.
std::string printed(const layout& l, std::span<const std::byte> data);

} // namespace pillar

// Both are found through the inspector's namespace, whatever namespace T is in.
namespace caf::detail {

/// For CAF's to_string of a message.
template <class Inspector, class T>
  requires(pillar::described<T> || pillar::enumeration<T>) && std::is_void_v<typename Inspector::result_type>
void inspect(Inspector& f, T& x) {
  f(pillar::printed(pillar::layout_of<std::remove_const_t<T>>::value, pillar::encode(x)));
}

} // namespace caf::detail

namespace caf {

/// For CAF's serializers.
template <class Inspector, pillar::described T>
  requires(!std::is_void_v<typename Inspector::result_type>)
typename Inspector::result_type inspect(Inspector& f, T& x) {
  if constexpr (Inspector::writes_state) return pillar::load(x, f);
  else return pillar::save(x, f);
}

} // namespace caf
