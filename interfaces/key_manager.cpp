#include "interfaces/key_manager.hpp"

#include "interfaces/wire.hpp"

template struct pillar::wire<pillar::key_manager::service>;
