/// plugin<Self, needs<...>>: an actor that pursues a goal. Its automaton, `task<> run()`, begins when all its needs are
/// available; when it returns the plugin is done, when it throws its supervisor restarts it.
#pragma once

#include "runtime/needs.hpp"

namespace pillar {

template <class Self, class Needs = needs<>> class plugin : public asks<Needs> {
public:
  using asks<Needs>::asks;

protected:
  bool runs() const final { return true; }
  task<> run_plugin() final {
    static_assert(
        requires(Self& self) {
          { self.run() } -> std::same_as<task<>>;
        }, "a plugin needs a public `task<> run()`: its automaton");
    return static_cast<Self&>(*this).run();
  }
};

} // namespace pillar
