/// `pillar describe`, generated from the declarations of the interfaces; and `pillar version`.
#pragma once

#include "tools/pillar/command.hpp"

namespace pillar::cli {

action describe(CLI::App& line);
action version(CLI::App& line);

} // namespace pillar::cli
