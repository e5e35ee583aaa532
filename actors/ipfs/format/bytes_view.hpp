/// Bytes that belong to somebody else, and text as such bytes.
#pragma once

#include "interfaces/interface.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace pillar::ipfs::engine {

using bytes_view = std::span<const std::byte>;

/// Fills a buffer and returns how many bytes it has put in: fewer than the buffer holds only at the end. May throw.
using byte_source = std::function<std::size_t(std::span<std::byte>)>;

inline bytes_view view_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

inline std::string_view text_of(bytes_view data) {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

/// The bytes as a source; they must outlive it.
byte_source source_of(bytes_view data);

inline void append(bytes& to, bytes_view data) {
  to.insert(to.end(), data.begin(), data.end());
}

/// Text in a message: in quotes, at most 80 characters of it, with control characters and bytes beyond ASCII escaped,
/// so that a hostile name cannot play tricks on a terminal or a log.
std::string in_quotes(std::string_view text);

} // namespace pillar::ipfs::engine
