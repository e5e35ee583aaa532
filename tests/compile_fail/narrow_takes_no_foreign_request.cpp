// A narrow interface refuses a request that the whole interface does not have.
// expect: a narrow interface takes requests of the whole one only
#include "interfaces/db.hpp"
#include "interfaces/ipfs.hpp"

#ifdef RIGHT
struct reader : pillar::narrow<pillar::ipfs::service, pillar::ipfs::cat> {};
#else
struct reader : pillar::narrow<pillar::ipfs::service, pillar::ipfs::cat, pillar::db::get> {};
#endif

constexpr auto name = reader::name;
