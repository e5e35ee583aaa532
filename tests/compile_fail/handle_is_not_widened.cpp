// A handle to a part is no permission for the whole.
// expect: handle<pillar::ipfs::service>
#include "interfaces/handle.hpp"
#include "interfaces/ipfs.hpp"

#ifdef RIGHT
pillar::handle<pillar::ipfs::reader> made(pillar::handle<pillar::ipfs::service> from) {
  return from;
}
#else
pillar::handle<pillar::ipfs::service> made(pillar::handle<pillar::ipfs::reader> from) {
  return from;
}
#endif
