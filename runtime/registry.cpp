#include "runtime/registry.hpp"

namespace pillar {

std::shared_ptr<route> registry::route_of(std::string_view interface) {
  std::lock_guard lock{mutex_};
  auto found = routes_.find(interface);
  if (found == routes_.end()) found = routes_.emplace(interface, std::make_shared<route>(std::string(interface))).first;
  return found->second;
}

void registry::learn(std::string_view interface, std::span<const request_info> requests) {
  auto to = route_of(interface);
  std::lock_guard lock{mutex_};
  auto [known, is_new] = interfaces_.emplace(interface, requests);
  if (!is_new && known->second.data() != requests.data())
    throw failure(errc::incompatible, "two different interfaces are both named " + std::string(interface));
  for (auto& info : requests) by_type_[std::type_index(*info.type)] = {to, &info};
}

registry::destination registry::answering(const std::type_info& request) const {
  std::lock_guard lock{mutex_};
  auto found = by_type_.find(std::type_index(request));
  return found == by_type_.end() ? destination{} : found->second;
}

std::map<std::string, std::span<const request_info>> registry::interfaces() const {
  std::lock_guard lock{mutex_};
  return {interfaces_.begin(), interfaces_.end()};
}

std::vector<service_status> registry::services() const {
  std::lock_guard lock{mutex_};
  std::vector<service_status> all;
  for (auto& [name, known] : routes_) {
    auto& status = all.emplace_back(service_status{name, known->state(), {}});
    for (auto& p : *known->all()) status.workers.push_back(p.name);
  }
  return all;
}

} // namespace pillar
