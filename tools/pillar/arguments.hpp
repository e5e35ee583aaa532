/// The words of a command line, made safe for CLI11.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pillar::cli {

/// The arguments after the program's name. CLI11 would split a word in brackets into a list, so that a file "[id]"
/// became "id": such words get a mark in front, which `unmarked` takes off again. Throws usage_error for what CLI11
/// would misread: `--data=` without a value takes the next word, and `--node.threads` before a command takes "node" for
/// one. "-o=FILE" is read as "-o FILE", and "-r=false" as what it says.
std::vector<std::string> marked_arguments(int argc, const char* const* argv);

/// The word as it was typed.
std::string unmarked(std::string word);

/// Declares an option that takes a whole number. CLI11 itself would read -1 as 2^64-1.
CLI::Option* take_number(CLI::App& command, const char* names, std::optional<std::uint64_t>& to, const char* meaning);

/// Declares a flag that may be left out, given, or given as --flag=false.
CLI::Option* take_choice(CLI::App& command, const char* names, std::optional<bool>& to, const char* meaning);

} // namespace pillar::cli
