/// The settings of a node: declared options, and values for them from a file, the environment, the command line and the
/// program itself. It can only yield data: nothing in it is executed or included.
///
/// Precedence, rising: an option's default, `set_default`, file, environment, command line, `set`; it does not depend
/// on the order of reading. Within one source the last value counts; a file that sets an option twice is refused.
///
/// What nobody has declared: the sections of the table that the configuration is made with (first parts of its names:
/// node, log, ...) are complete, so an unknown name in one of them is refused when it is read. Names in other sections,
/// and environment variables (which do not show where a section's name ends), are kept until `declare` adds their
/// options, which then checks their types. `check_all_known`, at the node's start, refuses what is still undeclared.
///
/// Errors of reading are failures that name the option, the source ("pillar.conf:12", "environment", "command line")
/// and the nearest known name: unsupported (unknown option), bad_request (wrong type or syntax), not_found, io_error,
/// too_large (a file).
///
/// File: `[section]`, `key = value`, `# comment`; see configuration_file.hpp.
/// Environment: PILLAR_IPFS_KUBO_TIMEOUT for ipfs.kubo.timeout, so a plugin's name stands there with `_` for `-`, too.
/// PILLAR_DATA sets node.data and PILLAR_CONFIG names the file; PILLAR_PASSPHRASE and PILLAR_TEST_* are no options.
/// Command line: `--ipfs.kubo.timeout=5s` or `--ipfs.kubo.timeout 5s` (a value that begins with `--` needs the `=`),
/// flags `--x.y` and `--no-x.y`, lists by repeating or by commas, `--config FILE`, `--help`; `--` ends the options.
#pragma once

#include "runtime/option_table.hpp"
#include "runtime/option_value.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pillar {

class configuration_section;

/// A value type. Reading from several threads is safe, changing it is not.
class configuration {
public:
  /// With defaults only. The sections of `complete` are complete: see above.
  explicit configuration(option_table complete = runtime_options());

  /// What a program does at its start: the process's environment, the arguments after argv[0], and the file that
  /// `--config` names, else PILLAR_CONFIG (empty: none), else pillar.conf in the user's configuration directory
  /// ($XDG_CONFIG_HOME/pillar, ~/.config/pillar) when there is one. An argument that is no option is refused
  /// (bad_request). After `--help` nothing else is read: see help_requested().
  static configuration from(int argc, const char* const* argv, option_table complete = runtime_options());
  /// The same for given arguments (without a program name) and a given environment ("NAME=value").
  static configuration from(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
                            option_table complete = runtime_options());

  /// Adds options and checks the values already read for them. Errors: as option_table::add, as reading, and internal
  /// for an option without a section or in the section test, whose variables would be PILLAR_TEST_*.
  void declare(const option_table& options);
  /// Refuses (unsupported) the first value whose option nobody has declared.
  void check_all_known() const;

  void set(std::string_view name, const written_value& value);         ///< above every other source
  void set_default(std::string_view name, const written_value& value); ///< the program's own default
  /// A relative path in the file is relative to the file's directory. `~` in `file` is expanded.
  void read_file(const std::filesystem::path& file);
  void read_environment();                                            ///< of this process
  void read_environment(const std::vector<std::string>& environment); ///< "NAME=value"; others than PILLAR_* and those
                                                                      ///< that give the home directories are ignored
  /// Returns the arguments that are no options, in order.
  std::vector<std::string> read_arguments(const std::vector<std::string>& arguments);

  /// Whether the command line has `--help` or `-h`: the program prints help_text() and ends with success.
  bool help_requested() const noexcept { return help_requested_; }
  /// Every option declared so far, with kind, unit, default and meaning.
  std::string help_text() const;

  /// The value of an option. Asking for an undeclared option or with another kind is a mistake in the program: it
  /// throws a failure, internal, that names it. `text` reads a choice, too. A free key is converted as asked for, and
  /// throws bad_request when it is not set or of another kind.
  bool flag(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  std::uint64_t size(std::string_view name) const; ///< in bytes
  std::chrono::nanoseconds duration(std::string_view name) const;
  std::string text(std::string_view name) const;
  std::filesystem::path path(std::string_view name) const; ///< expanded; empty only where the default is
  std::vector<std::string> list(std::string_view name) const;

  /// Whether anything but the option's default gives its value. For the name of an undeclared option, as the getters.
  bool has(std::string_view name) const;
  /// Where the value comes from: "default", "application", "/etc/pillar.conf:12", "environment (PILLAR_NODE_NAME)",
  /// "command line".
  std::string source(std::string_view name) const;
  /// The value as written, the default for an option that nothing sets: for showing it.
  std::string written(std::string_view name) const;

  /// The names that follow a prefix in what is set, sorted: names_below("plugins") gives {"notary-1"}. The environment
  /// adds none, because a variable does not show where a name ends.
  std::vector<std::string> names_below(std::string_view prefix) const;

  /// The part below a prefix, read by shorter names: section("plugins.notary-1").text("inbox").
  configuration_section section(std::string_view prefix) const;
  /// The same with its keys declared, relative to the prefix: gives them defaults and kinds, and refuses (as reading)
  /// a key that is not among them. Variables are not checked for unknown keys.
  configuration_section section(std::string_view prefix, const option_table& keys) const;

  const option_table& options() const noexcept { return options_; }

private:
  enum class layer : std::uint8_t { application_default, file, environment, command_line, application };
  enum class argument_form : std::uint8_t { joined, alone, separate }; // --x=y, --x, --x y

  /// One value for one name, from one place.
  struct assignment {
    std::string name; // in the environment the variable
    written_value value;
    layer from;
    std::string place;                 // "pillar.conf:12", "command line"
    std::string shown;                 // the name as it stands there: "--node.threads"
    std::filesystem::path directory{}; // of the file
    argument_form form = argument_form::joined;
  };

  void accept(assignment a);
  void read_argument(const std::string& text, const std::string* next, bool& next_taken);
  void read_given_file(const std::string& file);
  const option* option_of(const assignment& a) const;
  void check(const option& o, const assignment& a) const;
  [[noreturn]] void refuse_unknown(const assignment& a) const;
  const option& declared(std::string_view name) const;
  const option& declared(std::string_view name, option_kind as) const;
  static bool sets(const assignment& a, const option& o, std::string_view name);
  const assignment* effective(const option& o, std::string_view name) const;
  written_value value_of(const option& o, std::string_view name, option_kind as) const;
  template <class T>
  T read(std::string_view name, option_kind as, result<T> (*convert)(const option&, const written_value&)) const;
  std::vector<std::string> keys_below(std::string_view prefix) const;

  option_table complete_;
  option_table options_;
  std::vector<assignment> assignments_;
  std::vector<std::string> environment_; // for the home directories
  bool file_given_ = false;
  bool help_requested_ = false;

  friend class configuration_section;
};

/// The part of a configuration below a prefix; holds its own copy. Getters as configuration's; those with a fallback
/// give it for a free key that is not set.
class configuration_section {
public:
  bool flag(std::string_view key) const;
  std::int64_t integer(std::string_view key) const;
  std::uint64_t size(std::string_view key) const;
  std::chrono::nanoseconds duration(std::string_view key) const;
  std::string text(std::string_view key) const;
  std::filesystem::path path(std::string_view key) const;
  std::vector<std::string> list(std::string_view key) const;

  bool flag(std::string_view key, bool fallback) const;
  std::int64_t integer(std::string_view key, std::int64_t fallback) const;
  std::uint64_t size(std::string_view key, std::uint64_t fallback) const;
  std::chrono::nanoseconds duration(std::string_view key, std::chrono::nanoseconds fallback) const;
  std::string text(std::string_view key, std::string_view fallback) const;
  std::filesystem::path path(std::string_view key, const std::filesystem::path& fallback) const;
  std::vector<std::string> list(std::string_view key, const std::vector<std::string>& fallback) const;

  bool has(std::string_view key) const;
  /// The keys that are set, sorted; see configuration::names_below.
  std::vector<std::string> keys() const;
  const std::string& prefix() const noexcept { return prefix_; }

private:
  friend class configuration;
  configuration_section(configuration all, std::string prefix) : all_(std::move(all)), prefix_(std::move(prefix)) {}
  std::string full(std::string_view key) const { return prefix_ + '.' + std::string(key); }

  configuration all_;
  std::string prefix_;
};

} // namespace pillar
