#include "runtime/route.hpp"

#include <algorithm>

namespace pillar {

std::string_view name_of(availability state) noexcept {
  switch (state) {
    case availability::unknown: return "unknown";
    case availability::starting: return "starting";
    case availability::available: return "available";
    case availability::given_up: return "given_up";
  }
  return "unknown";
}

std::shared_ptr<const route::providers> route::current() const {
  std::lock_guard lock{mutex_};
  return preferred_;
}

std::shared_ptr<const route::providers> route::all() const {
  std::lock_guard lock{mutex_};
  return all_;
}

availability route::state() const {
  std::lock_guard lock{mutex_};
  return state_;
}

failure route::absence() const {
  std::lock_guard lock{mutex_};
  switch (state_) {
    case availability::given_up: return {errc::unavailable, interface_ + " was given up: " + reason_};
    case availability::starting:
      return {errc::unavailable, interface_ + " is starting" + (reason_.empty() ? "" : ": " + reason_)};
    default: return {errc::unavailable, "nothing on this node provides " + interface_};
  }
}

void route::add(provider p) {
  std::unique_lock lock{mutex_};
  auto next = std::make_shared<providers>(*all_);
  next->push_back(std::move(p));
  all_ = std::move(next);
  state_ = availability::available;
  reason_.clear();
  changed(lock);
}

void route::remove(const caf::actor_control_block* worker, availability left) {
  std::unique_lock lock{mutex_};
  auto next = std::make_shared<providers>(*all_);
  if (std::erase_if(*next, [&](auto& p) { return p.worker.get() == worker; }) == 0) return;
  if (next->empty()) state_ = left;
  all_ = std::move(next);
  changed(lock);
}

void route::announce(availability state, std::string reason) {
  std::unique_lock lock{mutex_};
  if (!all_->empty()) return;
  state_ = state;
  reason_ = std::move(reason);
  changed(lock);
}

std::shared_ptr<void> route::watch(listener notify) {
  auto token = std::make_shared<listener>(std::move(notify));
  std::lock_guard lock{mutex_};
  std::erase_if(listeners_, [](auto& l) { return l.expired(); });
  listeners_.push_back(token);
  return token;
}

void route::changed(std::unique_lock<std::mutex>& lock) {
  auto locals = std::make_shared<providers>(*all_);
  std::erase_if(*locals, [](auto& p) { return !p.local; });
  preferred_ = locals->empty() ? all_ : std::move(locals);
  version_.fetch_add(1, std::memory_order_release);
  auto listeners = listeners_;
  lock.unlock();
  for (auto& weak : listeners)
    if (auto l = weak.lock()) (*l)(*this);
}

void binding::refresh(std::uint64_t version) {
  workers_ = route_->current();
  seen_ = version;
}

} // namespace pillar
