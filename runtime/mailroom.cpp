#include "runtime/mailroom.hpp"

#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_actor.hpp>
#include <caf/message_id.hpp>
#include <caf/monitorable_actor.hpp>

namespace pillar {

/// Where the replies are sent: an actor without mailbox, which hands each message to the mailroom on the thread that
/// brings it. It is not counted among the system's running actors.
class mailroom::address final : public caf::monitorable_actor {
public:
  address(caf::actor_config& config, mailroom* of) : caf::monitorable_actor(config), of_(of) {}

  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit*) override {
    if (auto* room = of_.load()) room->receive(std::move(message));
  }
  using caf::abstract_actor::enqueue;
  void close() { of_ = nullptr; }

private:
  void on_destroy() override {
    if (!getf(is_cleaned_up_flag)) cleanup(caf::exit_reason::unreachable, nullptr);
    caf::monitorable_actor::on_destroy();
  }
  std::atomic<mailroom*> of_;
};

mailroom::mailroom(caf::actor_system& system, driver drive) : drive_(std::move(drive)) {
  caf::actor_config config;
  address_ =
      caf::make_actor<address, caf::strong_actor_ptr>(system.next_actor_id(), system.node(), &system, config, this);
}

void mailroom::receive(caf::mailbox_element_ptr message) {
  if (!message->mid.is_response()) return;
  {
    std::lock_guard lock{mutex_};
    auto waiting = replies_.find(message->mid.request_id().integer_value());
    if (waiting == replies_.end()) return; // it came after its deadline
    waiting->second = std::move(message);
  }
  arrived_.notify_all();
}

caf::mailbox_element_ptr mailroom::exchange(const caf::strong_actor_ptr& to, caf::mailbox_element_ptr letter,
                                            duration limit) {
  std::uint64_t id = 0;
  {
    std::lock_guard lock{mutex_};
    if (closed_) return nullptr;
    id = ++last_id_;
    replies_.emplace(id, nullptr);
    letter->sender = address_;
  }
  letter->mid = caf::make_message_id(id);
  to->get()->enqueue(std::move(letter), nullptr);
  wait(limit, [&] { return replies_[id] != nullptr; });
  std::lock_guard lock{mutex_};
  auto reply = std::move(replies_[id]);
  replies_.erase(id);
  return reply;
}

bool mailroom::wait(duration limit, const std::function<bool()>& condition) {
  if (drive_) {
    auto locked = [&] {
      std::lock_guard lock{mutex_};
      return closed_ || condition();
    };
    drive_(locked);
    std::lock_guard lock{mutex_};
    return condition();
  }
  std::unique_lock lock{mutex_};
  arrived_.wait_for(lock, limit, [&] { return closed_ || condition(); });
  return condition();
}

void mailroom::change(const std::function<void()>& what) {
  {
    std::lock_guard lock{mutex_};
    what();
  }
  arrived_.notify_all();
}

void mailroom::close() {
  caf::strong_actor_ptr last;
  {
    std::lock_guard lock{mutex_};
    closed_ = true;
    last.swap(address_);
  }
  arrived_.notify_all();
  if (last) static_cast<address*>(last->get())->close();
}

bool mailroom::closed() const {
  std::lock_guard lock{mutex_};
  return closed_;
}

} // namespace pillar
