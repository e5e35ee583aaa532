#include "interfaces/db.hpp"

#include "interfaces/wire.hpp"

template struct pillar::wire<pillar::db::service>;
