/// The program pillar as a real process, as a shell would run it.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace pillar::test {

/// What a process left behind. `exit`: its exit code, or minus the signal that ended it.
struct outcome {
  int exit = 0;
  std::string out;
  std::string err;
};

/// How it is started.
struct start_options {
  std::vector<std::string> environment =
      {};                           ///< "NAME=value", beside HOME; nothing else of PILLAR_* and XDG_* is passed on
  std::filesystem::path home = {};  ///< HOME, and the working directory
  std::optional<int> out = {};      ///< standard output goes to this descriptor; -1: it is closed
  std::optional<int> err = {};      ///< standard error goes to this descriptor
  std::optional<int> in = {};       ///< standard input comes from this descriptor; -1: it is closed
  bool without_root_rights = false; ///< the modes of files count for root, too
};

/// A running `pillar`. Its output is read while one waits for something. Killed at the end if it still runs.
class process {
public:
  process(const std::vector<std::string>& arguments, const start_options& options);
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  ~process();

  void write(std::string_view input);
  void close_input();
  /// Whether it says this on either output before it ends, within 50 s.
  bool says(std::string_view text);
  void signal(int number);
  /// Whether a signal that was sent has reached it: none waits for delivery. Within 50 s.
  bool has_taken_signals();
  /// Closes its input, reads what it says, and waits for its end.
  outcome end();

private:
  bool read_some(int milliseconds);

  pid_t id_ = -1;
  int in_ = -1, out_ = -1, err_ = -1;
  outcome seen_;
};

/// A user with an empty home, which is where the commands run.
class user {
public:
  user();
  ~user();

  /// The outcome of `pillar ARGUMENTS`, with `input` on its standard input.
  outcome pillar(std::vector<std::string> arguments, std::string_view input = {}, start_options options = {}) const;
  /// The same for what must succeed: its output, without a line end.
  std::string says(std::vector<std::string> arguments, std::string_view input = {}) const;
  start_options at_home(start_options options = {}) const;

  const std::filesystem::path& home() const { return home_; }
  std::filesystem::path data() const { return home_ / ".local/share/pillar"; }
  void write(const std::filesystem::path& file, std::string_view content) const; ///< with its parent directories
  std::string read(const std::filesystem::path& file) const;

private:
  std::filesystem::path home_;
};

} // namespace pillar::test
