/// Content that comes as a stream of bytes, for output that may be read slowly.
#pragma once

#include "tools/pillar/ipfs_session.hpp"

#include <chrono>
#include <functional>

namespace pillar::cli {

/// Asks for content and hands it on piece by piece. A stream is given up by its worker when nobody pulls for a minute,
/// as when `less` shows its first page: then `open` is asked for another, from the byte that it is told, or from the
/// beginning if it says so.
class content_pieces {
public:
  struct opened {
    ipfs_items<bytes> items;
    std::uint64_t from; ///< at which byte it begins; not after that which was asked for
  };
  using opener = std::function<opened(std::uint64_t from)>;

  explicit content_pieces(opener open) : open_(std::move(open)), now_(open_(0)) {}

  /// The next piece; nothing at the end.
  std::optional<bytes> next();

private:
  std::optional<bytes> pull();

  opener open_;
  std::optional<opened> now_;
  std::uint64_t done_ = 0; // bytes handed on
  std::chrono::steady_clock::time_point pulled_ = std::chrono::steady_clock::now();
};

} // namespace pillar::cli
