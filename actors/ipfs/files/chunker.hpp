/// Where a file is cut into chunks.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pillar::ipfs::engine {

/// A way to cut: every so many bytes, or where the content itself says so, which finds the same chunks again after an
/// insertion. Two of them give the same chunks exactly when they are equal.
class chunker {
public:
  /// bytes; its block must stay within 2 MiB. (Kubo 0.39 refuses chunks of more than 1 MiB, 0.40 takes these.)
  static constexpr std::size_t largest_chunk = (2 << 20) - 256;

  chunker() = default; ///< 256 KiB

  /// Chunks of `size` bytes, 1 to 2096896; the last one of a file may be shorter.
  static chunker fixed(std::size_t size);

  /// Chunks of about `average` bytes by Rabin's fingerprint, a third of it at least and one and a half of it at most.
  static chunker rabin(std::size_t average);
  static chunker rabin(std::size_t smallest, std::size_t average, std::size_t largest);

  /// Chunks of 128 to 512 KiB by the cyclic polynomial "buzhash".
  static chunker buzhash();

  /// Reads what Kubo's option --chunker takes: "size-262144", "rabin", "rabin-AVG", "rabin-MIN-AVG-MAX", "buzhash", and
  /// "default". Throws bad_request, as the functions above do for sizes that cannot be.
  static chunker parse(std::string_view text);

  /// The text that `parse` reads.
  std::string to_string() const;

  /// Whether every chunk but the last one has `largest()` bytes.
  bool is_fixed() const { return method_ == method::fixed; }

  /// Bytes of the greatest chunk, which is what `cut` needs to see.
  std::size_t largest() const { return largest_; }

  /// The size of the first chunk of `data`, which holds `largest()` bytes or all that is left of the file, and at least
  /// one. It depends on nothing before the chunk.
  std::size_t cut(bytes_view data) const;

  bool operator==(const chunker&) const = default;

private:
  enum class method : std::uint8_t { fixed, rabin, buzhash };

  chunker(method m, std::size_t smallest, std::size_t average, std::size_t largest)
      : method_(m), smallest_(smallest), average_(average), largest_(largest) {}

  method method_ = method::fixed;
  std::size_t smallest_ = 256 << 10;
  std::size_t average_ = 256 << 10;
  std::size_t largest_ = 256 << 10;
};

} // namespace pillar::ipfs::engine
