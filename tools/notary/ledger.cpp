#include "tools/notary/ledger.hpp"

#include "interfaces/wire.hpp"

template struct pillar::wire<ledger::service>;
