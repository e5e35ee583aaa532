// The request of a coroutine would be gone when it goes on.
// expect: a coroutine must take its request by value
// expect-clang: lab::stir
#include "runtime/worker.hpp"

#include <boost/describe/class.hpp>

namespace lab {
struct stir {
  using reply = std::uint64_t;
};
BOOST_DESCRIBE_STRUCT(stir, (), ())
struct service : pillar::interface<"lab", stir> {};
} // namespace lab

struct late_worker : pillar::worker<late_worker, lab::service> {
  using worker::worker;
#ifdef RIGHT
  pillar::task<std::uint64_t> on(lab::stir) { co_return 0; }
#else
  pillar::task<std::uint64_t> on(const lab::stir&) { co_return 0; }
#endif
};
template class pillar::worker<late_worker, lab::service>;
