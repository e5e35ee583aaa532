/// Everything an application needs to embed a node with the standard workers: #include <pillar/pillar.hpp>.
#pragma once

#include "actors/standard.hpp"
#include "interfaces/db.hpp"
#include "interfaces/ipfs.hpp"
#include "interfaces/key_manager.hpp"
#include "runtime/node.hpp"
