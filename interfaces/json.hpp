/// JSON for people and gateways: translated to and from the binary form by reading a type's layout, so that no type
/// needs JSON code of its own.
///
/// Bytes are base64; optional values may be null; a variant is an object with one key, the alternative's name; numbers
/// that are not finite are the texts "inf", "-inf" and "nan"; integers may be given as text, since JavaScript rounds
/// those beyond 2^53. A field may be left out if it is optional or a scalar, or if its initialiser is not empty.
#pragma once

#include "interfaces/binary.hpp"

#include <boost/json/value.hpp>

namespace pillar {

/// Reads one value of the layout from the decoder.
boost::json::value to_json(const layout& l, decoder& from);

/// Writes `from` as the layout wants it. Strict: throws failure (bad_request) that names the field by its path,
/// `add_str.links[1].text: expected text, found 3`, and never repeats a text, since it may be a secret.
void from_json(const boost::json::value& from, const layout& l, encoder& to, const std::string& at);

template <class T> boost::json::value to_json(const T& x) {
  auto data = encode(x);
  decoder from{data};
  return to_json(layout_of<T>::value, from);
}

template <class T> T from_json(const boost::json::value& from) {
  bytes data;
  encoder to{data};
  from_json(from, layout_of<T>::value, to, std::string(last_name<T>));
  return decode<T>(data);
}

} // namespace pillar
