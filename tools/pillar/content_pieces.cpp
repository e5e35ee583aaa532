#include "tools/pillar/content_pieces.hpp"

#include <algorithm>

namespace pillar::cli {

namespace {
constexpr auto long_pause = std::chrono::seconds(30); // well below that after which a stream is given up
}

std::optional<bytes> content_pieces::next() {
  while (auto piece = pull()) {
    const auto skip = done_ - now_->from; // what was handed on already
    now_->from += std::min<std::uint64_t>(skip, piece->size());
    if (skip >= piece->size() && skip > 0) continue;
    piece->erase(piece->begin(), piece->begin() + static_cast<std::ptrdiff_t>(skip));
    done_ += piece->size();
    now_->from = done_;
    return piece;
  }
  return std::nullopt;
}

std::optional<bytes> content_pieces::pull() {
  const bool paused = std::chrono::steady_clock::now() - pulled_ > long_pause;
  std::optional<bytes> piece;
  try {
    piece = now_->items.next();
  } catch (const failure& f) {
    if (!paused || f.code() != errc::cancelled) throw;
    now_.reset();
    now_.emplace(open_(done_));
    piece = now_->items.next();
  }
  pulled_ = std::chrono::steady_clock::now();
  return piece;
}

} // namespace pillar::cli
