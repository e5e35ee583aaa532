#include "tools/pillar/usage.hpp"

#include "interfaces/text_distance.hpp"
#include "tools/pillar/arguments.hpp"

#include <cctype>

namespace pillar::cli {

namespace {

std::string see_help(const CLI::App& command) {
  return "see `" + name_of(command) + " --help`";
}

/// The nearest of some names, when it is near enough to have been meant.
std::string meant(const std::string& word, const std::vector<std::string>& names) {
  auto nearest = nearest_text(word, names);
  return nearest.empty() || text_distance(word, nearest) > 1 + word.size() / 3 ? "" : nearest;
}

usage_error unknown_option(const CLI::App& command, const std::string& word) {
  std::vector<std::string> names;
  for (auto* option : command.get_options()) {
    for (auto& name : option->get_lnames()) names.push_back("--" + name);
    for (auto& name : option->get_snames()) names.push_back("-" + name);
  }
  const auto option = word.substr(0, word.find('='));
  const auto near = meant(option, names);
  return {errc::bad_request, name_of(command) + " has no option " + option + ": "
                                 + (near.empty() ? "" : "did you mean " + near + "? ") + see_help(command)};
}

std::vector<std::string> commands_of(const CLI::App& group) {
  std::vector<std::string> names;
  for (auto* sub : group.get_subcommands([](const CLI::App*) { return true; })) names.push_back(sub->get_name());
  return names;
}

usage_error unknown_command(const CLI::App& group, const std::string& word) {
  const auto near = meant(word, commands_of(group));
  return {errc::bad_request, "there is no command `" + name_of(group) + " " + word
                                 + "`: " + (near.empty() ? "" : "did you mean `" + name_of(group) + " " + near + "`? ")
                                 + see_help(group)};
}

} // namespace

std::string name_of(const CLI::App& command) {
  const auto* parent = command.get_parent();
  return parent ? name_of(*parent) + " " + command.get_name() : command.get_name();
}

const CLI::App& chosen_command(const CLI::App& program) {
  const auto chosen = program.get_subcommands();
  return chosen.empty() ? program : chosen_command(*chosen.front());
}

usage_error misuse(const CLI::App& command, const CLI::ParseError& wrong) {
  std::string what = wrong.what();
  if (what.size() > 1 && std::islower(static_cast<unsigned char>(what[1])))
    what[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(what[0])));
  return {errc::bad_request, name_of(command) + ": " + what + ": " + see_help(command)};
}

usage_error unknown_word(const CLI::App& command, const std::string& word) {
  if (word.size() > 1 && word.starts_with('-')) return unknown_option(command, word);
  if (!commands_of(command).empty()) return unknown_command(command, word);
  return {errc::bad_request, name_of(command) + " takes no further argument \"" + word + "\": " + see_help(command)};
}

usage_error missing_command(const CLI::App& group) {
  std::string list;
  for (auto& name : commands_of(group)) list += (list.empty() ? "" : ", ") + name;
  return {errc::bad_request, "`" + name_of(group) + "` needs a command: " + list + ": " + see_help(group)};
}

} // namespace pillar::cli
