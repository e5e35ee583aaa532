#include "interfaces/ipfs.hpp"

#include "interfaces/wire.hpp"

template struct pillar::wire<pillar::ipfs::service>;
