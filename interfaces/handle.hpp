/// handle<Interface>: the right to ask an interface's requests. It survives restarts of the workers behind it.
#pragma once

#include "interfaces/interface.hpp"

#include <memory>

namespace pillar {

class route;

/// A wider handle converts to a narrower one, never back, and type traits can see that: the type of the handle is the
/// permission. Copies are cheap; an empty handle answers `unavailable` to every ask.
template <class Interface> class handle {
public:
  handle() = default;
  explicit handle(std::shared_ptr<route> to) : route_(std::move(to)) {}
  template <class Wide>
    requires(!std::same_as<Wide, Interface> && std::same_as<whole_of<Wide>, whole_of<Interface>>
             && covers<Wide, Interface>)
  handle(const handle<Wide>& wide) : route_(wide.target()) {}

  const std::shared_ptr<route>& target() const { return route_; }
  explicit operator bool() const { return route_ != nullptr; }

private:
  std::shared_ptr<route> route_;
};

} // namespace pillar
