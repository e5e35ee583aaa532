#include "actors/ipfs/system/byte_pipe.hpp"

#include "interfaces/error.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pillar::ipfs::engine {

void byte_pipe::write(bytes_view data) {
  std::unique_lock lock(mutex_);
  while (!data.empty()) {
    changed_.wait(lock, [&] { return abandoned_ || size_ < buffer_.size(); });
    if (abandoned_) throw failure(errc::cancelled, "nobody reads what is sent any more");
    auto end = (begin_ + size_) % buffer_.size();
    auto room = std::min(buffer_.size() - size_, buffer_.size() - end);
    auto size = std::min(room, data.size());
    std::memcpy(buffer_.data() + end, data.data(), size);
    data = data.subspan(size);
    auto was_empty = std::exchange(size_, size_ + size) == 0;
    if (was_empty) changed_.notify_all();
  }
}

void byte_pipe::finish(std::exception_ptr error) {
  std::lock_guard lock(mutex_);
  finished_ = true;
  error_ = std::move(error);
  changed_.notify_all();
}

std::size_t byte_pipe::read(std::span<std::byte> to, const std::stop_token& stop,
                            std::chrono::milliseconds longest_wait) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, stop, longest_wait, [&] { return finished_ || size_ > 0; })) {
    if (stop.stop_requested()) throw failure(errc::cancelled, "the upload was stopped");
    throw failure(errc::expired, "nothing was sent for " + std::to_string(longest_wait.count()) + " ms");
  }
  if (error_) std::rethrow_exception(error_);
  std::size_t done = 0;
  while (done < to.size() && size_ > 0) {
    auto size = std::min({to.size() - done, size_, buffer_.size() - begin_});
    std::memcpy(to.data() + done, buffer_.data() + begin_, size);
    done += size;
    begin_ = (begin_ + size) % buffer_.size();
    auto was_full = std::exchange(size_, size_ - size) == buffer_.size();
    if (was_full) changed_.notify_all();
  }
  return done;
}

void byte_pipe::abandon() {
  std::lock_guard lock(mutex_);
  abandoned_ = true;
  changed_.notify_all();
}

} // namespace pillar::ipfs::engine
