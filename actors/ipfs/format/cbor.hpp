/// The little of CBOR (RFC 8949) that blocks and archives need here: item after item, definite lengths only, as
/// DAG-CBOR demands.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

#include <cstdint>
#include <string_view>

namespace pillar::ipfs::engine {

enum class cbor_type : std::uint8_t { unsigned_integer, negative_integer, byte_string, text, array, map, tag, simple };

inline constexpr std::uint64_t cid_tag = 42; ///< before the byte string of a link: a zero byte, and the CID

/// Reads from the front of its bytes, which may be anything.
class cbor_reader {
public:
  explicit cbor_reader(bytes_view data) : rest_(data) {}

  struct item {
    cbor_type type = cbor_type::simple;
    std::uint64_t argument = 0; ///< the number, length, count or tag
  };

  bool at_end() const { return rest_.empty(); }

  /// The head of the next item. Throws damaged when it is cut off or has no definite length.
  item take();

  /// The content of a string whose head was just taken. Throws damaged when it is cut off.
  bytes_view take_string(const item& head);

private:
  bytes_view rest_;
};

} // namespace pillar::ipfs::engine
