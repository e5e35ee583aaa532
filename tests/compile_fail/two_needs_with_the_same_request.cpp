// Of two needs with the same request, the ask could go to either.
// expect: several interfaces among the needs have this request: keep one in needs<...>
// expect-clang: accepting<pillar::ipfs::stat>
#include "interfaces/ipfs.hpp"
#include "runtime/plugin.hpp"

#ifdef RIGHT
using needed = pillar::needs<pillar::ipfs::service>;
#else
using needed = pillar::needs<pillar::ipfs::service, pillar::ipfs::reader>;
#endif

struct reading : pillar::plugin<reading, needed> {
  using plugin::plugin;
  pillar::task<> run() { co_await ask(pillar::ipfs::stat{.path = "x"}); }
};
