/// Messages that wait for one subscriber.
#pragma once

#include "actors/ipfs/backend.hpp"
#include "interfaces/error.hpp"

#include <deque>
#include <functional>
#include <mutex>

namespace pillar::ipfs {

/// A subscription that is fed from other threads. Bounded: the oldest messages make room, and the next that is read
/// tells how many did.
class message_queue final : public subscription {
public:
  explicit message_queue(std::function<void()> notify) : notify_(std::move(notify)) {}

  void push(message m);
  /// The next message comes after a time in which some may have been lost.
  void note_gap();
  /// No more come; who reads gets the reason, after what is waiting.
  void end(failure why);

  std::optional<message> try_next() override;

private:
  std::function<void()> notify_;
  std::mutex mutex_;
  std::deque<message> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t missed_ = 0; ///< since the last that was read
  bool gap_ = false;         ///< before the next that comes
  std::optional<failure> ended_;
};

} // namespace pillar::ipfs
