#include "tools/pillar/program.hpp"

#include "tools/pillar/arguments.hpp"
#include "tools/pillar/interruption.hpp"
#include "tools/pillar/printable.hpp"
#include "tools/pillar/usage.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace pillar::cli {

namespace {

/// A standard descriptor that is closed would become the next file that is opened, the DB perhaps, and then get this
/// program's output. Opened the wrong way round, it answers every use with an error.
void occupy_standard_descriptors() {
  for (int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(number, F_GETFD) < 0 && errno == EBADF)
      ::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

std::string exit_codes_help() {
  std::string text = "Exit codes:\n";
  for (auto& [code, meaning] : exit_code_meanings()) {
    const auto number = std::to_string(static_cast<int>(code));
    text += std::string(5 - number.size(), ' ') + number + "  " + std::string(meaning) + '\n';
  }
  return text;
}

void take_common_options(CLI::App& at, common_options& to) {
  at.add_option("--data", to.data, "The data directory (default: PILLAR_DATA,\nelse ~/.local/share/pillar)")
      ->type_name("DIR")
      ->group("Common options");
  at.add_option("--config", to.config,
                "The configuration file (default: PILLAR_CONFIG,\nelse ~/.config/pillar/pillar.conf)")
      ->type_name("FILE")
      ->group("Common options");
  at.add_option_function<std::vector<std::string>>(
        "--set", [&to](const std::vector<std::string>& more) { to.set.insert(to.set.end(), more.begin(), more.end()); },
        "An option of the configuration, as in\n--set ipfs.backend=kubo (`pillar start --help` lists\nthem)")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->group("Common options");
  at.add_flag("--json", to.json, "Print JSON for programs")->group("Common options");
  at.set_help_flag("-h,--help", "Print this help")->group("Common options");
}

void take_marks_off(CLI::App& at) {
  for (auto* option : at.get_options())
    if (option->get_items_expected_max() > 0) option->transform(unmarked);
}

} // namespace

program::program()
    : tree_("Runs a Pillar node, and works with the content, documents and keys that it keeps.", "pillar"),
      out_(STDOUT_FILENO, "standard output") {
  take_common_options(tree_, common_);
  take_marks_off(tree_);
  tree_.set_version_flag("--version", "pillar " PILLAR_VERSION, "Print the version")->group("Common options");
  tree_.require_subcommand(0, 1); // what is missing is told below
  tree_.allow_extras();
  tree_.get_formatter()->label("REQUIRED", "");
  tree_.get_formatter()->label("Positionals", "Arguments");
  tree_.get_formatter()->label("SUBCOMMAND", "COMMAND");
  tree_.get_formatter()->column_width(30);
  tree_.footer("Examples:\n  pillar ipfs add -r photos\n  pillar db put notes/today \"buy bread\"\n"
               "  pillar COMMAND --help\n\n"
               "A command opens the data directory by itself, so no node may be running on it.\n\n"
               + exit_codes_help());
}

void program::add(const char* group, const char* meaning, const std::vector<named_command>& commands,
                  void (*declare_options)(CLI::App& group)) {
  auto& made = *tree_.add_subcommand(group, meaning);
  complete(made, commands, declare_options);
}

void program::complete(CLI::App& group, const std::vector<named_command>& commands,
                       void (*declare_options)(CLI::App& group)) {
  group.group("Commands")->require_subcommand(0, 1);
  group.footer("`" + name_of(group) + " COMMAND --help` explains a command.");
  take_common_options(group, common_);
  if (declare_options) declare_options(group);
  take_marks_off(group);
  for (auto& c : commands) add_to(group, c);
}

void program::add_to(CLI::App& group, const named_command& c) {
  if (!c.commands.empty()) return complete(*group.add_subcommand(c.name, c.meaning), c.commands, nullptr);
  auto& line = *group.add_subcommand(c.name);
  line.group("Commands")->allow_extras(false);
  auto carry_out = c.declare(line);
  commands_[&line] = {std::move(carry_out), line.get_allow_extras()};
  line.allow_extras(); // so that unknown words are answered here
  take_common_options(line, common_);
  take_marks_off(line);
}

int program::run(int argc, const char* const* argv) {
  occupy_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN);
  auto code = exit_code::failed;
  try {
    code = execute(argc, argv);
  } catch (const broken_pipe&) {
    code = exit_code::broken_pipe;
  } catch (const interrupted&) {
    code = exit_code::interrupted;
  } catch (const usage_error& e) {
    code = tell(e, exit_code::usage);
  } catch (...) {
    const auto f = to_failure(std::current_exception());
    code = tell(f, exit_code_of(f.code()));
  }
  return static_cast<int>(code);
}

exit_code program::execute(int argc, const char* const* argv) {
  try {
    const auto& chosen = read(argc, argv);
    return carry_out(commands_.at(&chosen).carry_out);
  } catch (const CLI::CallForHelp&) {
    return show(tree_.help());
  } catch (const CLI::CallForVersion& version) {
    return show(version.what() + std::string("\n"));
  }
}

const CLI::App& program::read(int argc, const char* const* argv) {
  auto words = marked_arguments(argc, argv);
  common_.json = std::ranges::find(words, "--json") != words.end(); // for errors before the line is understood
  std::ranges::reverse(words);                                      // as CLI11 wants them
  try {
    tree_.parse(words);
  } catch (const CLI::Success&) {
    throw;
  } catch (const CLI::ParseError& wrong) {
    check_words(chosen_command(tree_)); // a mistyped option is often why something is missing
    throw misuse(chosen_command(tree_), wrong);
  }
  const auto& chosen = chosen_command(tree_);
  check_words(chosen);
  if (!commands_.contains(&chosen)) throw missing_command(chosen);
  return chosen;
}

void program::check_words(const CLI::App& chosen) const {
  for (const auto* at = &chosen; at; at = at->get_parent()) {
    const auto known = commands_.find(at);
    if (known != commands_.end() && known->second.takes_any_option) continue;
    for (auto& word : at->remaining())
      if (word != "--") throw unknown_word(*at, unmarked(word));
  }
}

exit_code program::carry_out(const action& chosen) {
  session in(common_, out_);
  try {
    chosen(in);
    out_.flush();
  } catch (...) {
    out_.abandon(); // what was told before stands before the error
    throw;
  }
  const bool clean = in.close();
  for (auto& note : in.notes()) warn(note);
  if (clean) return exit_code::ok;
  return tell({errc::expired, "all is done, but something did not stop in its time: see the log"},
              exit_code::unclean_stop);
}

exit_code program::show(const std::string& text) {
  out_.write(text);
  out_.flush();
  return exit_code::ok;
}

exit_code program::tell(const failure& f, exit_code code) const {
  say(f.message(), {{"error", name_of(f.code())}, {"message", f.message()}, {"exit", static_cast<int>(code)}});
  return code;
}

void program::warn(const std::string& note) const {
  say("note: " + note, {{"note", note}});
}

void program::say(const std::string& text, const boost::json::object& document) const {
  const auto line = (common_.json ? boost::json::serialize(document) : "pillar: " + printable(text)) + '\n';
  // There is no one left to tell when this fails.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

} // namespace pillar::cli
