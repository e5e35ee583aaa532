/// `pillar ipfs ...`: content by its CID.
#pragma once

#include "tools/pillar/command.hpp"

namespace pillar::cli {

action ipfs_add(CLI::App& line);
action ipfs_cat(CLI::App& line);
action ipfs_get(CLI::App& line);
action ipfs_stat(CLI::App& line);
action ipfs_id(CLI::App& line);

} // namespace pillar::cli
