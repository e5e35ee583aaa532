/// Bytes as a test writes them: "text"_bytes.
#pragma once

#include "interfaces/interface.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace pillar::test {

inline bytes to_bytes(std::string_view text) {
  auto begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

inline std::string to_text(const bytes& from) {
  return {reinterpret_cast<const char*>(from.data()), from.size()};
}

inline namespace literals {
inline bytes operator""_bytes(const char* text, std::size_t size) {
  return to_bytes({text, size});
}
} // namespace literals

} // namespace pillar::test
