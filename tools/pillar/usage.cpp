#include "tools/pillar/usage.hpp"

#include "interfaces/text_distance.hpp"
#include "tools/pillar/arguments.hpp"

namespace pillar::cli {

namespace {

std::string see_help(const CLI::App& command) {
  return "see `" + name_of(command) + " --help`";
}

/// "db get: ", or nothing for the program itself.
std::string beginning(const CLI::App& command) {
  const auto name = name_of(command);
  const auto blank = name.find(' ');
  return blank == std::string::npos ? "" : name.substr(blank + 1) + ": ";
}

usage_error unknown_option(const CLI::App& command, const std::string& word) {
  std::vector<std::string> names;
  for (auto* option : command.get_options()) {
    for (auto& name : option->get_lnames()) names.push_back("--" + name);
    for (auto& name : option->get_snames()) names.push_back("-" + name);
  }
  const auto option = word.substr(0, word.find('='));
  const auto near = word.starts_with("--") ? meant_name(option, names) : "";
  return {errc::bad_request, beginning(command) + "there is no option " + option + ": "
                                 + (near.empty() ? "" : "did you mean " + near + "? ") + see_help(command)};
}

std::vector<std::string> commands_of(const CLI::App& group) {
  std::vector<std::string> names;
  for (auto* sub : group.get_subcommands([](const CLI::App*) { return true; })) names.push_back(sub->get_name());
  return names;
}

usage_error unknown_command(const CLI::App& group, const std::string& word) {
  const auto near = meant_name(word, commands_of(group));
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

std::string meant_name(const std::string& word, const std::vector<std::string>& names) {
  auto nearest = nearest_text(word, names);
  return nearest.empty() || text_distance(word, nearest) > 1 + word.size() / 3 ? "" : nearest;
}

usage_error misuse(const CLI::App& command, const CLI::ParseError& wrong) {
  std::string what = wrong.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&wrong)) what = what.substr(0, what.find(':')) + " needs a value";
  return {errc::bad_request, beginning(command) + what + ": " + see_help(command)};
}

usage_error unknown_word(const CLI::App& command, const std::string& word) {
  if (word.size() > 1 && word.starts_with('-')) return unknown_option(command, word);
  if (!commands_of(command).empty()) return unknown_command(command, word);
  return {errc::bad_request, beginning(command) + "one argument too many, \"" + word + "\": " + see_help(command)};
}

usage_error missing_command(const CLI::App& group) {
  std::string list;
  for (auto& name : commands_of(group)) list += (list.empty() ? "" : ", ") + name;
  return {errc::bad_request, "`" + name_of(group) + "` needs a command: " + list + ": " + see_help(group)};
}

} // namespace pillar::cli
