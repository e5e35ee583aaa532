/// `pillar key ...`: the node's keys.
#pragma once

#include "tools/pillar/command.hpp"

namespace pillar::cli {

action key_show(CLI::App& line);
action key_sign(CLI::App& line);
action key_verify(CLI::App& line);

} // namespace pillar::cli
