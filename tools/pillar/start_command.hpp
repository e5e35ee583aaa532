/// `pillar start`: a node in the foreground.
#pragma once

#include "tools/pillar/command.hpp"

namespace pillar::cli {

action start(CLI::App& line);

} // namespace pillar::cli
