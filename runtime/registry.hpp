/// Which workers answer which interface on this node: one route per interface, found by the interface's name, and by a
/// request's type for askers that have no declared needs.
#pragma once

#include "interfaces/handle.hpp"
#include "interfaces/wire.hpp"
#include "runtime/route.hpp"

#include <map>
#include <string>
#include <typeindex>
#include <unordered_map>

namespace pillar {

/// What is known of one interface: for `pillar describe`, gateways and people.
struct service_status {
  std::string interface; ///< "ipfs"
  availability state = availability::unknown;
  std::vector<actor_name> workers;
};

/// Thread-safe.
class registry {
public:
  /// The route of an interface, made at first use. `interface`: the whole interface's name, "ipfs".
  std::shared_ptr<route> route_of(std::string_view interface);

  /// A handle to an interface, whether it is provided now or not.
  template <class Interface> handle<Interface> find() { return handle<Interface>{route_of(whole_of<Interface>::name)}; }

  /// Makes the requests of an interface known by their types. Throws failure (incompatible) when another interface of
  /// the same name is known already.
  void learn(std::string_view interface, std::span<const request_info> requests);

  /// Who answers a request of this type, and its row; null when no learned interface has it.
  struct destination {
    std::shared_ptr<route> to;
    const request_info* info = nullptr;
  };
  destination answering(const std::type_info& request) const;

  /// The learned interfaces, by name, with their requests.
  std::map<std::string, std::span<const request_info>> interfaces() const;

  std::vector<service_status> services() const;

private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<route>, std::less<>> routes_;
  std::map<std::string, std::span<const request_info>, std::less<>> interfaces_;
  std::unordered_map<std::type_index, destination> by_type_;
};

} // namespace pillar
