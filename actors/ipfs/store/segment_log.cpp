#include "actors/ipfs/store/segment_log.hpp"

#include "interfaces/error.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pillar::ipfs::engine {

void segment_log::resume(std::uint32_t number, std::uint64_t end) {
  auto segment = segments_.open_for_appending(number);
  if (end == 0) { // a crash left not even the header
    auto header = rootless_car_header();
    iovec part{const_cast<std::byte*>(header.data()), header.size()};
    segment->write({&part, 1}, 0);
    end = header.size();
  }
  if (segment->size() > end) segment->truncate(end);
  current_ = std::move(segment);
  written_ = synced_ = end;
}

void segment_log::begin_segment() {
  if (current_) {
    flush();
    try {
      current_->sync();
    } catch (...) {
      abandon();
      throw;
    }
    filled_.push_back({current_->number(), written_, false});
    current_.reset();
  }
  auto segment = room_.retry([&] { return segments_.create(next_number_); });
  ++next_number_;
  segments_.sync_names();
  written_ = synced_ = segment->size();
  current_ = std::move(segment);
  buffer_.reserve(buffer_size + gathered + longest_section_head);
}

void segment_log::write(std::span<iovec> parts, std::size_t size) {
  try {
    room_.retry([&] {
      std::vector<iovec> rest(parts.begin(), parts.end()); // which are used up as they are written
      current_->write(rest, written_);
    });
  } catch (...) {
    if (!buffer_.empty() && loss_ == loss::none) loss_ = loss::buffer;
    buffer_.clear();
    try {
      current_->truncate(written_); // a torn section may not stay in the middle of a segment
    } catch (const failure&) {
      abandon();
    }
    throw;
  }
  written_ += size;
  buffer_.clear();
}

void segment_log::flush() {
  if (buffer_.empty()) return;
  iovec part{buffer_.data(), buffer_.size()};
  write({&part, 1}, buffer_.size());
}

block_location segment_log::append(const content_id& id, block_parts block) {
  auto size = engine::size_of(block);
  auto head = section_head(id, size);
  if (!current_ || written_ + buffer_.size() + head.size() + size > segment_size_) begin_segment();
  block_location where{current_->number(), static_cast<std::uint32_t>(size), written_ + buffer_.size() + head.size()};
  if (size < gathered) {
    engine::append(buffer_, head);
    for (auto part : block) engine::append(buffer_, part);
    if (buffer_.size() >= buffer_size) flush();
    return where;
  }
  std::array<iovec, 8> parts;
  std::size_t count = 0;
  auto add = [&](bytes_view part) {
    parts.at(count++) = {const_cast<std::byte*>(part.data()), part.size()}; // writev only reads it
  };
  if (!buffer_.empty()) add(buffer_);
  add(head);
  for (auto part : block) add(part);
  write({parts.data(), count}, buffer_.size() + head.size() + size);
  return where;
}

void segment_log::set_synced(std::uint32_t number, std::uint64_t end) {
  if (current_ && current_->number() == number) synced_ = std::max(synced_, end);
}

void segment_log::abandon() noexcept {
  loss_ = loss::unsynced;
  buffer_.clear();
  if (!current_) return;
  try {
    current_->truncate(synced_);
  } catch (const failure&) {
    // The next opening finds the rest, and takes of it what verifies.
  }
  current_.reset();
}

std::optional<bytes> segment_log::buffered(const block_location& where) const {
  if (!is_beyond(where)) return {};
  auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(where.offset - written_);
  return bytes(begin, begin + static_cast<std::ptrdiff_t>(where.size));
}

} // namespace pillar::ipfs::engine
