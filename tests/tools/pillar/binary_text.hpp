/// Content that no pipe, terminal or text function leaves alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace pillar::test {

/// `size` bytes of every value, the same for the same seed.
inline std::string binary_text(std::size_t size, std::uint64_t seed = 1) {
  std::string text(size, '\0');
  for (auto& byte : text) {
    seed = seed * 6364136223846793005 + 1442695040888963407;
    byte = static_cast<char>(seed >> 56);
  }
  return text;
}

} // namespace pillar::test
