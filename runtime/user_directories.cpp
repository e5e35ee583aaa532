#include "runtime/user_directories.hpp"

#include <array>
#include <utility>

#include <pwd.h>
#include <unistd.h>

namespace pillar {

namespace {

namespace fs = std::filesystem;

// The rest of the text after the beginning, when that ends with a `/` or the text.
std::optional<std::string_view> after(std::string_view text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return std::nullopt;
  text.remove_prefix(beginning.size());
  if (!text.empty() && text.front() != '/') return std::nullopt;
  const auto first = text.find_first_not_of('/');
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

result<fs::path> base_directory(const environment_list& environment, std::string_view variable, const char* in_home) {
  // The specification tells to ignore a relative path.
  if (const fs::path given = variable_in(environment, variable).value_or(""); given.is_absolute()) return given;
  auto home = home_directory(environment);
  if (!home) return home;
  return *home / in_home;
}

result<fs::path> below(result<fs::path> directory, std::string_view rest) {
  if (!directory || rest.empty()) return directory;
  return *directory / rest;
}

} // namespace

environment_list process_environment() {
  environment_list made;
  for (char** variable = environ; variable && *variable; ++variable) made.emplace_back(*variable);
  return made;
}

std::optional<std::string_view> variable_in(const environment_list& environment, std::string_view name) {
  for (const std::string_view variable : environment)
    if (variable.starts_with(name) && variable.size() > name.size() && variable[name.size()] == '=')
      return variable.substr(name.size() + 1);
  return std::nullopt;
}

result<fs::path> home_directory(const environment_list& environment) {
  if (const auto home = variable_in(environment, "HOME"); home && !home->empty()) return fs::path(*home);
  std::array<char, 16384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found && found->pw_dir
      && *found->pw_dir)
    return fs::path(found->pw_dir);
  return failure(errc::not_found, "this user has no home directory: set HOME, or give a path that needs none");
}

result<fs::path> data_home(const environment_list& environment) {
  return base_directory(environment, "XDG_DATA_HOME", ".local/share");
}

result<fs::path> config_home(const environment_list& environment) {
  return base_directory(environment, "XDG_CONFIG_HOME", ".config");
}

result<fs::path> expand_path(std::string_view text, const environment_list& environment) {
  if (auto start = check_path_start(text); !start) return start.error();
  if (const auto rest = after(text, "~")) return below(home_directory(environment), *rest);
  if (const auto rest = after(text, "$XDG_DATA_HOME")) return below(data_home(environment), *rest);
  if (const auto rest = after(text, "$XDG_CONFIG_HOME")) return below(config_home(environment), *rest);
  return fs::path(text);
}

result<void> check_path_start(std::string_view text) {
  const bool special = text.starts_with('~') || text.starts_with('$');
  if (!special || after(text, "~") || after(text, "$XDG_DATA_HOME") || after(text, "$XDG_CONFIG_HOME")) return {};
  return failure(errc::bad_request,
                 '"' + std::string(text) + "\" begins with something that is not replaced: write ~/, "
                     + "$XDG_DATA_HOME/ or $XDG_CONFIG_HOME/, or ./" + std::string(text) + " for a name like that");
}

} // namespace pillar
