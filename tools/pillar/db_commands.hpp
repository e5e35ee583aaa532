/// `pillar db ...`: documents by key.
#pragma once

#include "tools/pillar/command.hpp"

namespace pillar::cli {

action db_get(CLI::App& line);
action db_put(CLI::App& line);
action db_rm(CLI::App& line);
action db_ls(CLI::App& line);

} // namespace pillar::cli
