/// Where a user's data and configuration lie, by the XDG base directory specification.
#pragma once

#include "interfaces/error.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pillar {

/// Variables as "NAME=value".
using environment_list = std::vector<std::string>;

/// The variables of this process.
environment_list process_environment();

/// The value of a variable, if it is set.
std::optional<std::string_view> variable_in(const environment_list& environment, std::string_view name);

/// HOME, else the user's entry in the user database. Errors: not_found.
result<std::filesystem::path> home_directory(const environment_list& environment);

/// XDG_DATA_HOME when it is absolute, else ~/.local/share. Errors: not_found.
result<std::filesystem::path> data_home(const environment_list& environment);

/// XDG_CONFIG_HOME when it is absolute, else ~/.config. Errors: not_found.
result<std::filesystem::path> config_home(const environment_list& environment);

/// Replaces a leading ~, $XDG_DATA_HOME or $XDG_CONFIG_HOME (followed by / or the end) by these directories, whether or
/// not the variables are set. Errors: not_found (no home directory), bad_request (`~name`, another $variable).
result<std::filesystem::path> expand_path(std::string_view text, const environment_list& environment);

/// Whether expand_path understands the beginning of a path. Errors: bad_request.
result<void> check_path_start(std::string_view text);

} // namespace pillar
