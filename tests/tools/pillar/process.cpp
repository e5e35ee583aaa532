#include "tests/tools/pillar/process.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace pillar::test {

namespace {

namespace fs = std::filesystem;

constexpr auto patience = std::chrono::seconds(50); // below what a test may take, so that its name is told

struct two_ends {
  int read = -1, write = -1;
};

two_ends make_pipe() {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  return {ends[0], ends[1]};
}

void close_end(int& number) {
  if (number >= 0) ::close(number);
  number = -1;
}

std::vector<std::string> environment_of(const start_options& options) {
  std::vector<std::string> all{"HOME=" + options.home.string()};
  for (char** at = environ; *at; ++at) {
    const std::string_view variable = *at;
    const bool own = variable.starts_with("PILLAR_") || variable.starts_with("XDG_") || variable.starts_with("HOME=")
                     || variable.starts_with("CREDENTIALS_DIRECTORY=");
    if (!own) all.emplace_back(variable);
  }
  all.insert(all.end(), options.environment.begin(), options.environment.end());
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

void place(int from, int to) {
  if (from < 0) ::close(to);
  else ::dup2(from, to);
}

/// Appends what can be read; at the end of the output closes it.
void take(int& from, std::string& to) {
  char buffer[65536];
  const auto size = ::read(from, buffer, sizeof buffer);
  if (size > 0) to.append(buffer, static_cast<std::size_t>(size));
  else if (size == 0 || errno != EINTR) close_end(from);
}

} // namespace

process::process(const std::vector<std::string>& arguments, const start_options& options) {
  std::signal(SIGPIPE, SIG_IGN); // of this test; the program must cope with the inherited default
  auto in = make_pipe(), out = make_pipe(), err = make_pipe();
  std::vector<std::string> words{PILLAR_PROGRAMS_DIR "/pillar"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto variables = environment_of(options);
  auto argv = pointers_to(words), envp = pointers_to(variables);
  id_ = ::fork();
  REQUIRE(id_ >= 0);
  if (id_ == 0) {
    std::signal(SIGPIPE, SIG_DFL);
    if (::chdir(options.home.c_str()) != 0) ::_exit(126);
    if (options.without_root_rights) {
      ::prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE);
      ::prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH);
    }
    place(options.in.value_or(in.read), STDIN_FILENO);
    place(options.out.value_or(out.write), STDOUT_FILENO);
    place(options.err.value_or(err.write), STDERR_FILENO);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  close_end(in.read), close_end(out.write), close_end(err.write);
  in_ = in.write, out_ = out.read, err_ = err.read;
  if (options.in) close_input();
}

process::~process() {
  if (id_ > 0) {
    signal(SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  close_end(in_), close_end(out_), close_end(err_);
}

void process::write(std::string_view input) {
  while (!input.empty()) {
    pollfd ready{in_, POLLOUT, 0};
    ::fcntl(in_, F_SETFL, O_NONBLOCK);
    const auto size = ::write(in_, input.data(), input.size());
    if (size > 0) input.remove_prefix(static_cast<std::size_t>(size));
    else if (errno != EAGAIN && errno != EINTR) return; // it does not read any more: its outcome tells why
    else if (!read_some(0)) ::poll(&ready, 1, 100);
  }
}

void process::close_input() {
  close_end(in_);
}

bool process::read_some(int milliseconds) {
  pollfd waiting[] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};
  if (::poll(waiting, 2, milliseconds) <= 0) return false;
  if (waiting[0].revents) take(out_, seen_.out);
  if (waiting[1].revents) take(err_, seen_.err);
  return true;
}

bool process::says(std::string_view text) {
  const auto until = std::chrono::steady_clock::now() + patience;
  const auto said = [&] { return seen_.out.find(text) != seen_.out.npos || seen_.err.find(text) != seen_.err.npos; };
  while (!said() && (out_ >= 0 || err_ >= 0) && std::chrono::steady_clock::now() < until) read_some(1000);
  return said();
}

void process::signal(int number) {
  REQUIRE(id_ > 0);
  ::kill(id_, number);
}

bool process::has_taken_signals() {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < until) {
    std::ifstream status("/proc/" + std::to_string(id_) + "/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("ShdPnd:") && line.find_first_of("123456789abcdef", 7) == line.npos) return true;
    std::this_thread::yield();
  }
  return false;
}

outcome process::end() {
  close_input();
  const auto until = std::chrono::steady_clock::now() + patience;
  while ((out_ >= 0 || err_ >= 0) && std::chrono::steady_clock::now() < until) read_some(1000);
  if (out_ >= 0 || err_ >= 0) signal(SIGKILL); // it hangs: the exit code shows it
  int status = 0;
  ::waitpid(std::exchange(id_, -1), &status, 0);
  seen_.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return seen_;
}

user::user() {
  auto name = (fs::temp_directory_path() / "pillar-user-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()));
  home_ = name;
}

user::~user() {
  std::error_code ignored;
  fs::remove_all(home_, ignored);
}

start_options user::at_home(start_options options) const {
  options.home = home_;
  return options;
}

outcome user::pillar(std::vector<std::string> arguments, std::string_view input, start_options options) const {
  process started(arguments, at_home(std::move(options)));
  started.write(input);
  return started.end();
}

std::string user::says(std::vector<std::string> arguments, std::string_view input) const {
  auto left = pillar(std::move(arguments), input);
  CHECK(left.err == "");
  REQUIRE(left.exit == 0);
  if (left.out.ends_with('\n')) left.out.pop_back();
  return left.out;
}

void user::write(const fs::path& file, std::string_view content) const {
  fs::create_directories((home_ / file).parent_path());
  std::ofstream(home_ / file, std::ios::binary) << content;
}

std::string user::read(const fs::path& file) const {
  std::ostringstream all;
  all << std::ifstream(home_ / file, std::ios::binary).rdbuf();
  return all.str();
}

} // namespace pillar::test
