/// `pillar db ...`: documents by key.
#pragma once

#include "tools/pillar/command.hpp"

namespace pillar::cli {

/// Declares --space, which may stand at the group as well as at the command.
void take_space(CLI::App& at);

action db_get(CLI::App& line);
action db_put(CLI::App& line);
action db_rm(CLI::App& line);
action db_ls(CLI::App& line);

} // namespace pillar::cli
