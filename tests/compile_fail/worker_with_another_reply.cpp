// A handler must return the request's reply.
// expect: the worker has no on\(Request\) that returns the reply, or it is not public
// expect-clang: has_handler<lazy_worker, lab::stir>
#include "runtime/worker.hpp"

#include <boost/describe/class.hpp>

namespace lab {
struct stir {
  using reply = std::uint64_t;
};
BOOST_DESCRIBE_STRUCT(stir, (), ())
struct service : pillar::interface<"lab", stir> {};
} // namespace lab

struct lazy_worker : pillar::worker<lazy_worker, lab::service> {
  using worker::worker;
#ifdef RIGHT
  std::uint64_t on(lab::stir) { return 0; }
#else
  std::string on(lab::stir) { return {}; }
#endif
};
template class pillar::worker<lazy_worker, lab::service>;
