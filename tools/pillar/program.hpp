/// The command line as a whole: the tree of commands, the options that all of them take, and what becomes of errors.
#pragma once

#include "tools/pillar/command.hpp"
#include "tools/pillar/exit_codes.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <vector>

namespace pillar::cli {

class program {
public:
  /// A command, or a group of commands with what it is about.
  struct named_command {
    const char* name;
    command declare = nullptr;
    const char* meaning = nullptr;
    std::vector<named_command> commands = {};
  };

  program();
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  /// `pillar NAME`.
  void add(const named_command& c) { add_to(tree_, c); }
  /// `pillar GROUP NAME`, with what `declare_options` declares at the group.
  void add(const char* group, const char* meaning, const std::vector<named_command>& commands,
           void (*declare_options)(CLI::App& group) = nullptr);

  /// Reads the command line, carries the command out, and returns the exit code. Nothing is thrown: an error is told on
  /// standard error as `pillar: what was wrong: what to do`, with --json as {"error": "not_found", "message": "...",
  /// "exit": 4}; what is worth a note, though all is done, as `pillar: note: ...` or {"note": "..."}.
  int run(int argc, const char* const* argv);

private:
  struct declared {
    action carry_out;
    bool takes_any_option; ///< those of the configuration, which it checks itself
  };

  void add_to(CLI::App& group, const named_command& c);
  void complete(CLI::App& group, const std::vector<named_command>& commands, void (*declare_options)(CLI::App& group));
  exit_code execute(int argc, const char* const* argv);
  const CLI::App& read(int argc, const char* const* argv);
  void check_words(const CLI::App& chosen) const;
  exit_code carry_out(const action& chosen);
  exit_code show(const std::string& text);
  exit_code tell(const failure& f, exit_code code) const;
  void warn(const std::string& note) const;
  void say(const std::string& text, const boost::json::object& document) const; ///< on standard error

  CLI::App tree_;
  std::map<const CLI::App*, declared> commands_;
  common_options common_;
  output out_;
};

} // namespace pillar::cli
