/// The end of a store's segments, where new blocks go.
#pragma once

#include "actors/ipfs/store/ballast.hpp"
#include "actors/ipfs/store/segment.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace pillar::ipfs::engine {

/// Appends sections to the last segment, and begins another when it is full. Small ones are gathered in a buffer and
/// written together. One thread at a time.
class segment_log {
public:
  static constexpr std::size_t buffer_size = 1 << 20; ///< bytes that are gathered before they are written
  static constexpr std::size_t gathered = 64 << 10;   ///< bytes of a block; a larger one is written at once

  segment_log(segment_directory& segments, std::uint64_t segment_size, ballast& room)
      : segments_(segments), segment_size_(segment_size), room_(room) {}

  /// Goes on in an existing segment, after its first `end` bytes; what follows them is cut off.
  void resume(std::uint32_t number, std::uint64_t end);

  /// The number that the next new segment gets.
  void set_next_number(std::uint32_t number) { next_number_ = number; }

  /// Appends a block's section. Throws storage_full, read_only, io_error: then it is not there, and `take_loss` says
  /// what else is not.
  block_location append(const content_id& id, block_parts block);

  /// Writes what is in the buffer. Throws as append.
  void flush();

  /// Ends the current segment, as if it were full. Throws as append.
  void begin_segment();

  /// What failures took with them since the last call: nothing, what was in the buffer, or everything that was not
  /// synced (after a sync that failed, nobody knows what is on the disk).
  enum class loss { none, buffer, unsynced };
  loss take_loss() { return std::exchange(loss_, loss::none); }

  /// Tells that a segment's first `end` bytes are durable.
  void set_synced(std::uint32_t number, std::uint64_t end);

  /// Gives up the current segment after a failed sync: nothing is appended to it any more, and what was not synced is
  /// cut off, as far as the disk still obeys.
  void abandon() noexcept;

  /// Whether a place is beyond what the current segment's file holds.
  bool is_beyond(const block_location& where) const {
    return current_ && where.segment == current_->number() && where.offset >= written_;
  }

  /// A block that is still in the buffer.
  std::optional<bytes> buffered(const block_location& where) const;

  const std::shared_ptr<segment_file>& current() const { return current_; } ///< none before the first append
  std::uint64_t written() const { return written_; }                        ///< bytes in the current segment's file

  /// Segments that were filled since the last call, with their size. They are durable.
  std::vector<segment_state> take_filled() { return std::exchange(filled_, {}); }

private:
  void write(std::span<iovec> parts, std::size_t size);

  segment_directory& segments_;
  std::uint64_t segment_size_;
  ballast& room_;
  std::uint32_t next_number_ = 1;
  std::shared_ptr<segment_file> current_;
  std::uint64_t written_ = 0;
  std::uint64_t synced_ = 0;
  bytes buffer_; ///< follows what is written
  loss loss_ = loss::none;
  std::vector<segment_state> filled_;
};

} // namespace pillar::ipfs::engine
