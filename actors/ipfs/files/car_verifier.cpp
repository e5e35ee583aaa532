#include "actors/ipfs/files/car_verifier.hpp"

#include "actors/ipfs/store/block_store.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs::engine {

car_verifier::car_verifier(content_id root, std::function<void(bytes_view)> to, std::string place)
    : root_(std::move(root)), to_(std::move(to)), place_(std::move(place)) {}

void car_verifier::refuse(std::string_view why) const {
  throw failure(errc::damaged, place_ + ": the archive of " + root_.to_string() + " " + std::string(why)
                                   + ": what came before is sound");
}

void car_verifier::take(bytes_view piece) {
  append(unread_, piece);
  bytes_view rest = unread_;
  for (;;) {
    auto size = has_header_ ? check_section(rest) : check_header(rest);
    if (size == 0) break;
    to_(rest.first(size));
    rest = rest.subspan(size);
    has_header_ = true;
  }
  unread_.erase(unread_.begin(), unread_.end() - static_cast<std::ptrdiff_t>(rest.size()));
}

/// The header's size; 0 before it is all there. There is only one way to write it.
std::size_t car_verifier::check_header(bytes_view data) const {
  auto expected = car_header(root_);
  auto common = std::min(data.size(), expected.size());
  if (text_of(data.first(common)) != text_of(bytes_view(expected).first(common)))
    refuse("does not begin with the header of a CARv1 with this root");
  return common == expected.size() ? common : 0;
}

/// The size of the section in front; 0 before it is all there.
std::size_t car_verifier::check_section(bytes_view data) {
  if (data.empty()) return 0;
  auto [state, frame] = parse_section(data);
  if (state == section_state::unreadable) refuse("holds something that is no section");
  if (state == section_state::cut_off || data.size() < frame.size()) return 0;
  verify(frame.id, data.subspan(frame.head_size, frame.block_size), place_);
  if (frame.id == root_) has_root_ = true;
  return frame.size();
}

void car_verifier::finish() const {
  if (!has_header_ || !unread_.empty()) refuse("ends in the midst of a section");
  if (!has_root_ && !inlined_block(root_)) refuse("does not hold this root");
}

} // namespace pillar::ipfs::engine
