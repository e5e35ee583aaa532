// A plugin without an automaton pursues nothing.
// expect: a plugin needs a public `task<> run\(\)`: its automaton
// expect-clang: idle_plugin
#include "runtime/plugin.hpp"

struct idle_plugin : pillar::plugin<idle_plugin> {
  using plugin::plugin;
#ifdef RIGHT
  pillar::task<> run() { co_return; }
#endif
};
template class pillar::plugin<idle_plugin>;
