#include "actors/ipfs/message_queue.hpp"

#include <utility>

namespace pillar::ipfs {

void message_queue::push(message m) {
  bool was_empty = false;
  {
    std::lock_guard lock(mutex_);
    if (ended_) return;
    was_empty = waiting_.empty();
    m.gap = std::exchange(gap_, false);
    waiting_bytes_ += m.data.size();
    waiting_.push_back(std::move(m));
    while (waiting_.size() > most_waiting || (waiting_bytes_ > most_waiting_bytes && waiting_.size() > 1)) {
      auto& oldest = waiting_.front();
      waiting_bytes_ -= oldest.data.size();
      missed_ += 1 + oldest.missed;
      bool gap = oldest.gap;
      waiting_.pop_front();
      waiting_.front().gap |= gap;
    }
  }
  if (was_empty && notify_) notify_();
}

void message_queue::note_gap() {
  std::lock_guard lock(mutex_);
  gap_ = true;
}

void message_queue::end(failure why) {
  {
    std::lock_guard lock(mutex_);
    if (!ended_) ended_ = std::move(why);
  }
  if (notify_) notify_();
}

std::optional<message> message_queue::try_next() {
  std::lock_guard lock(mutex_);
  if (waiting_.empty()) {
    if (ended_) throw *ended_;
    return {};
  }
  auto next = std::move(waiting_.front());
  waiting_.pop_front();
  waiting_bytes_ -= next.data.size();
  next.missed += std::exchange(missed_, 0);
  return next;
}

} // namespace pillar::ipfs
