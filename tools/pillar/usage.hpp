/// Answers to command lines that are wrong.
#pragma once

#include "tools/pillar/session.hpp"

#include <CLI/CLI.hpp>

namespace pillar::cli {

/// "pillar ipfs add".
std::string name_of(const CLI::App& command);

/// The last of the commands that the line names; the program itself when it names none.
const CLI::App& chosen_command(const CLI::App& program);

/// The nearest of some names, when it is near enough to have been meant; else nothing.
std::string meant_name(const std::string& word, const std::vector<std::string>& names);

/// What CLI11 found wrong, such as a missing argument.
usage_error misuse(const CLI::App& command, const CLI::ParseError& wrong);

/// A word that is no command, option or argument here.
usage_error unknown_word(const CLI::App& command, const std::string& word);

/// A line that ends where a command should stand.
usage_error missing_command(const CLI::App& group);

} // namespace pillar::cli
