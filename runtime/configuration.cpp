#include "runtime/configuration.hpp"

#include "runtime/configuration_file.hpp"
#include "runtime/quoted_text.hpp"
#include "runtime/user_directories.hpp"

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

namespace pillar {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view file_variable = "PILLAR_CONFIG";

// Variables that are read elsewhere. A passphrase has no place in a configuration, where `written` would show it.
bool is_no_option(std::string_view variable) {
  return variable == file_variable || variable == "PILLAR_PASSPHRASE" || variable.starts_with("PILLAR_TEST_");
}

// A free key takes the kind that its reader asks for, and may be empty.
option as_read(const option& o, std::string_view name, option_kind as) {
  if (o.kind != option_kind::free) return o;
  option made;
  made.name = name;
  made.kind = as;
  return made;
}

} // namespace

configuration::configuration(option_table complete)
    : complete_(std::move(complete)), environment_(process_environment()) {
  declare(complete_);
}

configuration configuration::from(int argc, const char* const* argv, option_table complete) {
  std::vector<std::string> arguments;
  if (argc > 1) arguments.assign(argv + 1, argv + argc);
  return from(arguments, process_environment(), std::move(complete));
}

configuration configuration::from(const std::vector<std::string>& arguments,
                                  const std::vector<std::string>& environment, option_table complete) {
  configuration made(std::move(complete));
  const auto others = made.read_arguments(arguments);
  if (made.help_requested_) return made;
  if (!others.empty())
    throw failure(errc::bad_request, "command line: unexpected argument " + quote(others.front())
                                         + ": options begin with --, and --help lists them");
  made.read_environment(environment);
  if (made.file_given_) return made;
  if (const auto file = variable_in(environment, file_variable)) {
    made.read_given_file(std::string(*file));
    return made;
  }
  std::error_code ignored;
  const auto home = config_home(environment);
  if (home && fs::exists(*home / "pillar/pillar.conf", ignored)) made.read_file(*home / "pillar/pillar.conf");
  return made;
}

void configuration::declare(const option_table& options) {
  for (const auto& o : options) {
    const auto refuse = [&](const std::string& why) { throw failure(errc::internal, "option " + quote(o.name) + why); };
    if (o.name.find('.') == std::string::npos) refuse(" is in no section: declare it as section.name");
    if (o.name.starts_with("test.")) refuse(" is in the section test, whose variables are ignored: choose another");
  }
  auto made = *this;
  made.options_.add(options);
  for (const auto& a : made.assignments_)
    if (const auto* o = made.option_of(a)) made.check(*o, a);
  *this = std::move(made);
}

void configuration::check_all_known() const {
  for (const auto& a : assignments_)
    if (!option_of(a) && !(a.from == layer::environment && options_.family_has_variable(a.name))) refuse_unknown(a);
}

void configuration::set(std::string_view name, const written_value& value) {
  accept({std::string(name), value, layer::application, "application", std::string(name)});
}

void configuration::set_default(std::string_view name, const written_value& value) {
  accept({std::string(name), value, layer::application_default, "application default", std::string(name)});
}

void configuration::read_file(const fs::path& file) {
  const auto expanded = expand_path(file.string(), environment_).value();
  file_given_ = true;
  for (auto& entry : read_configuration(expanded))
    accept({entry.name, std::move(entry.value), layer::file, expanded.string() + ':' + std::to_string(entry.line),
            entry.name, expanded.parent_path()});
}

void configuration::read_given_file(const std::string& file) {
  if (file_given_) throw failure(errc::bad_request, "command line: --config is given twice: give one file");
  file_given_ = true;
  if (!file.empty()) read_file(file);
}

void configuration::read_environment() {
  read_environment(process_environment());
}

void configuration::read_environment(const std::vector<std::string>& environment) {
  environment_ = environment;
  std::erase_if(assignments_, [](const assignment& a) { return a.from == layer::environment; });
  for (const auto& variable : environment) {
    const auto name = variable.substr(0, variable.find('='));
    if (!name.starts_with("PILLAR_") || name.size() == variable.size() || is_no_option(name)) continue;
    accept({name, variable.substr(name.size() + 1), layer::environment, "environment", name});
  }
}

std::vector<std::string> configuration::read_arguments(const std::vector<std::string>& arguments) {
  // Help must come even where something else on the line is wrong.
  const auto options_end = std::find(arguments.begin(), arguments.end(), "--");
  help_requested_ = std::any_of(arguments.begin(), options_end,
                                [](const std::string& text) { return text == "--help" || text == "-h"; });
  if (help_requested_) return {};
  std::vector<std::string> others;
  for (auto at = arguments.begin(); at != arguments.end(); ++at) {
    if (at == options_end) {
      others.insert(others.end(), at + 1, arguments.end());
      break;
    }
    if (!at->starts_with('-') || *at == "-") {
      others.push_back(*at);
      continue;
    }
    const bool value_may_follow = at + 1 != arguments.end() && !(at + 1)->starts_with("--");
    bool next_taken = false;
    read_argument(*at, value_may_follow ? &*(at + 1) : nullptr, next_taken);
    if (next_taken) ++at;
  }
  return others;
}

// `next` is the next argument if it may be this one's value.
void configuration::read_argument(const std::string& text, const std::string* next, bool& next_taken) {
  const auto refused = [&](const std::string& why) -> failure {
    return {errc::bad_request, "command line: " + text + ' ' + why};
  };
  if (!text.starts_with("--")) throw refused("is no known option: options begin with --, and --help lists them");
  const auto equals = text.find('=');
  const bool joined = equals != std::string::npos;
  const auto given = text.substr(2, joined ? equals - 2 : equals);
  if (given == "config") {
    if (!joined && !next) throw refused("has no value: write --config=FILE");
    next_taken = !joined;
    return read_given_file(joined ? text.substr(equals + 1) : *next);
  }
  const bool negated = given.starts_with("no-");
  if (negated && joined) throw refused("has a value: write " + text.substr(0, equals) + " alone");

  auto name = negated ? given.substr(3) : given;
  if (const auto* o = options_.find_alias(name)) name = o->name;
  const auto* known = options_.find(name);
  const bool takes_next = !joined && !negated && next && !(known && known->kind == option_kind::flag);
  assignment a{name, negated ? "false" : "true", layer::command_line, "command line", "--" + given};
  if (joined) {
    a.value = text.substr(equals + 1);
  } else if (takes_next) {
    a.value = *next;
    a.form = argument_form::separate;
    next_taken = true;
  } else {
    a.form = argument_form::alone;
  }
  accept(std::move(a));
}

void configuration::accept(assignment a) {
  if (const auto* o = option_of(a)) {
    check(*o, a);
  } else if (a.from != layer::environment) {
    const bool in_section = a.name.find('.') != std::string::npos;
    if (!in_section || complete_.has_section(a.name)) refuse_unknown(a);
  }
  assignments_.push_back(std::move(a));
}

const option* configuration::option_of(const assignment& a) const {
  return a.from == layer::environment ? options_.find_variable(a.name) : options_.find(a.name);
}

void configuration::check(const option& o, const assignment& a) const {
  const auto refuse = [&](const std::string& why) { throw failure(errc::bad_request, a.place + ": " + a.shown + why); };
  const bool takes_word = o.kind != option_kind::flag && o.kind != option_kind::free;
  if (a.form == argument_form::alone && takes_word) {
    if (a.shown.starts_with("--no-")) refuse(" negates what is no flag: write --" + a.name + "=VALUE");
    refuse(" has no value: write " + a.shown + "=VALUE, " + expectation(o));
  }
  if (a.form == argument_form::separate && o.kind == option_kind::flag)
    refuse(" is a flag, which takes no separate value: write " + a.shown + ", --no-" + a.name + " or " + a.shown
           + "=false");
  if (const auto good = check_value(o, a.value); !good) refuse(": " + good.error().message());
}

void configuration::refuse_unknown(const assignment& a) const {
  std::string known;
  if (a.from == layer::environment) known = "variable: did you mean " + options_.nearest_variable(a.name);
  else
    known = (a.from == layer::command_line ? "option: did you mean --" : "option: did you mean ")
            + options_.nearest(a.name);
  throw failure(errc::unsupported, a.place + ": " + a.shown + " is no known " + known + '?');
}

std::string configuration::help_text() const {
  return "Options, by rising precedence: the default, the configuration file ([section] and name = value), the\n"
         "environment (PILLAR_SECTION_NAME=value), the command line (--section.name=value).\n\n"
         "  --config=FILE\n"
         "      The configuration file. Default: PILLAR_CONFIG, else $XDG_CONFIG_HOME/pillar/pillar.conf.\n"
         "  --help, -h\n"
         "      This text.\n\n"
         + options_.help()
         + "\nA SIZE is a whole number with B, KiB, MiB, GiB or TiB; a DURATION one with ns, us, ms, s, min or h.\n"
           "A * stands for a name. A PATH may begin with ~, $XDG_DATA_HOME or $XDG_CONFIG_HOME.\n";
}

const option& configuration::declared(std::string_view name) const {
  if (const auto* o = options_.find(name)) return *o;
  throw failure(errc::internal, "option " + quote(name) + " is asked for but not declared: the nearest declared one is "
                                    + quote(options_.nearest(name)));
}

const option& configuration::declared(std::string_view name, option_kind as) const {
  const auto& o = declared(name);
  const bool readable =
      o.kind == as || o.kind == option_kind::free || (o.kind == option_kind::choice && as == option_kind::text);
  if (readable) return o;
  throw failure(errc::internal, "option " + quote(name) + " is of kind " + std::string(name_of(o.kind))
                                    + ": it cannot be read as " + std::string(name_of(as)));
}

bool configuration::sets(const assignment& a, const option& o, std::string_view name) {
  if (a.from != layer::environment) return a.name == name;
  return a.name == variable_of(name) || (!o.alias.empty() && a.name == variable_of(o.alias));
}

const configuration::assignment* configuration::effective(const option& o, std::string_view name) const {
  const assignment* best = nullptr;
  for (const auto& a : assignments_) {
    if (!sets(a, o, name) || (best && a.from < best->from)) continue;
    // PILLAR_NODE_DATA says it more exactly than PILLAR_DATA, wherever it stands.
    const bool less_exact =
        best && best->from == layer::environment && a.from == layer::environment && a.name != variable_of(name);
    if (!less_exact) best = &a;
  }
  return best;
}

written_value configuration::value_of(const option& o, std::string_view name, option_kind as) const {
  const auto* best = effective(o, name);
  if (!best && o.kind == option_kind::free)
    throw failure(errc::bad_request, std::string(name) + " is not set: set it in the configuration file or as --"
                                         + std::string(name) + "=VALUE");
  if (!best) return o.fallback;
  if (as != option_kind::list || best->from != layer::command_line) return best->value;
  std::vector<std::string> items;
  for (const auto& a : assignments_) {
    if (a.from != layer::command_line || a.name != name) continue;
    const auto more = list_value(o, a.value).value();
    items.insert(items.end(), more.begin(), more.end());
  }
  return items;
}

template <class T>
T configuration::read(std::string_view name, option_kind as,
                      result<T> (*convert)(const option&, const written_value&)) const {
  const auto& o = declared(name, as);
  auto value = convert(as_read(o, name, as), value_of(o, name, as));
  if (value) return *std::move(value);
  const auto* best = effective(o, name);
  const auto where = best ? best->place + ": " + best->shown : "default: " + std::string(name);
  throw failure(value.error().code(), where + ": " + value.error().message());
}

bool configuration::flag(std::string_view name) const {
  return read(name, option_kind::flag, flag_value);
}

std::int64_t configuration::integer(std::string_view name) const {
  return read(name, option_kind::integer, integer_value);
}

std::uint64_t configuration::size(std::string_view name) const {
  return read(name, option_kind::size, size_value);
}

std::chrono::nanoseconds configuration::duration(std::string_view name) const {
  return read(name, option_kind::duration, duration_value);
}

std::string configuration::text(std::string_view name) const {
  return read(name, option_kind::text, declared(name).kind == option_kind::choice ? choice_value : text_value);
}

fs::path configuration::path(std::string_view name) const {
  const auto text = read(name, option_kind::path, path_value);
  if (text.empty()) return {};
  auto expanded = expand_path(text, environment_).value();
  const auto* best = effective(declared(name), name);
  return best && expanded.is_relative() ? best->directory / expanded : expanded;
}

std::vector<std::string> configuration::list(std::string_view name) const {
  return read(name, option_kind::list, list_value);
}

bool configuration::has(std::string_view name) const {
  return effective(declared(name), name) != nullptr;
}

std::string configuration::source(std::string_view name) const {
  const auto* best = effective(declared(name), name);
  if (!best) return "default";
  return best->from == layer::environment ? best->place + " (" + best->name + ')' : best->place;
}

std::string configuration::written(std::string_view name) const {
  const auto& o = declared(name);
  if (o.kind == option_kind::free && !effective(o, name)) return {};
  return value_of(o, name, o.kind).text();
}

std::vector<std::string> configuration::keys_below(std::string_view prefix) const {
  std::set<std::string> keys;
  const auto beginning = std::string(prefix) + '.';
  for (const auto& a : assignments_)
    if (a.from != layer::environment && a.name.starts_with(beginning)) keys.insert(a.name.substr(beginning.size()));
  return {keys.begin(), keys.end()};
}

std::vector<std::string> configuration::names_below(std::string_view prefix) const {
  std::set<std::string> names;
  for (const auto& key : keys_below(prefix)) names.insert(key.substr(0, key.find('.')));
  return {names.begin(), names.end()};
}

configuration_section configuration::section(std::string_view prefix) const {
  return {*this, std::string(prefix)};
}

configuration_section configuration::section(std::string_view prefix, const option_table& keys) const {
  auto made = *this;
  made.declare(keys.below(prefix));
  const auto beginning = std::string(prefix) + '.';
  for (const auto& a : made.assignments_) {
    if (a.from == layer::environment || !a.name.starts_with(beginning)) continue;
    if (const auto* o = made.option_of(a); !o || o->kind == option_kind::free) made.refuse_unknown(a);
  }
  return {std::move(made), std::string(prefix)};
}

} // namespace pillar
