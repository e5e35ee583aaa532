/// Bytes from one thread to another.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <span>
#include <stop_token>

namespace pillar::ipfs::engine {

/// One thread writes, one reads, and no more than `capacity` bytes are under way.
class byte_pipe {
public:
  explicit byte_pipe(std::size_t capacity) : buffer_(capacity) {}

  /// Waits for room. Throws cancelled when the reader has gone.
  void write(bytes_view data);

  /// Nothing more comes: because it was all, or because of an error, which the reader gets.
  void finish(std::exception_ptr error = nullptr);

  /// Fills a part of the buffer, and waits until there is a byte for it; 0 at the end. Throws the writer's error,
  /// cancelled after a stop, and expired when nothing comes for so long.
  std::size_t read(std::span<std::byte> to, const std::stop_token& stop,
                   std::chrono::milliseconds longest_wait = std::chrono::hours(24));

  /// Nothing is read any more.
  void abandon();

private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bytes buffer_; ///< a ring
  std::size_t begin_ = 0;
  std::size_t size_ = 0;
  bool finished_ = false;
  bool abandoned_ = false;
  std::exception_ptr error_;
};

} // namespace pillar::ipfs::engine
