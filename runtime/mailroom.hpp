/// Where replies arrive that threads outside of actors wait for.
#pragma once

#include "interfaces/envelope.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/fwd.hpp>
#include <caf/mailbox_element.hpp>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <unordered_map>

namespace pillar {

/// Thread-safe. One per node; close() it before its actor system ends.
class mailroom {
public:
  using driver = std::function<void(const std::function<bool()>&)>;

  mailroom(caf::actor_system& system, driver drive);
  ~mailroom() { close(); }

  /// Sends the letter and waits for its reply; null when none came before the limit or before it was closed.
  caf::mailbox_element_ptr exchange(const caf::strong_actor_ptr& to, caf::mailbox_element_ptr letter, duration limit);

  /// Waits until the condition, which is called under this mailroom's lock, holds; `notify` wakes it. False when
  /// the limit came, or the mailroom was closed, before it did.
  bool wait(duration limit, const std::function<bool()>& condition);
  void notify() { arrived_.notify_all(); }
  /// Changes what a waiting condition looks at.
  void change(const std::function<void()>& what);

  /// No reply is taken any more; who waits gets nothing.
  void close();
  bool closed() const;

private:
  class address;
  void receive(caf::mailbox_element_ptr message);

  driver drive_;
  caf::strong_actor_ptr address_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::unordered_map<std::uint64_t, caf::mailbox_element_ptr> replies_; // by request id; null: still awaited
  std::uint64_t last_id_ = 0;
  bool closed_ = false;
};

} // namespace pillar
