/// One sub-command of the program.
#pragma once

#include "tools/pillar/session.hpp"

#include <CLI/CLI.hpp>

#include <functional>

namespace pillar::cli {

/// Does what the command line, once read, says. Its output goes to the session's; failures are thrown.
using action = std::function<void(session&)>;

/// Declares a command's description, arguments, options and example on `line`, and returns what it does with them.
using command = action (*)(CLI::App& line);

} // namespace pillar::cli
