// A plugin cannot ask what its needs do not name.
// expect: no interface among the needs has this request: add one to needs<...>
// expect-clang: needs<pillar::ipfs::reader>::accepting<pillar::ipfs::add_str>
#include "interfaces/ipfs.hpp"
#include "runtime/plugin.hpp"

struct reading : pillar::plugin<reading, pillar::needs<pillar::ipfs::reader>> {
  using plugin::plugin;
  pillar::task<> run() {
#ifdef RIGHT
    co_await ask(pillar::ipfs::stat{.path = "x"});
#else
    co_await ask(pillar::ipfs::add_str{.text = "x"});
#endif
  }
};
