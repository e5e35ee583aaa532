#include "tests/support/kubo_daemon.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace pillar::test {

namespace {

namespace fs = std::filesystem;

constexpr auto start_limit = std::chrono::seconds(60); // a daemon answers after 0.1 s, unless the machine is very busy
constexpr int stop_limit = 10'000;                     // milliseconds until it is killed

// Nothing beyond loopback is contacted, and ports are chosen by the system.
constexpr std::string_view quiet_settings = R"({
  "Routing": {"Type": "none", "DelegatedRouters": []},
  "Bootstrap": [],
  "AutoConf": {"Enabled": false},
  "DNS": {"Resolvers": {}},
  "Ipns": {"DelegatedPublishers": []},
  "Addresses": {"Swarm": ["/ip4/127.0.0.1/tcp/0"], "API": "/ip4/127.0.0.1/tcp/0", "Gateway": "/ip4/127.0.0.1/tcp/0"},
  "Discovery": {"MDNS": {"Enabled": false}},
  "AutoTLS": {"Enabled": false},
  "Version": {"SwarmCheckEnabled": false},
  "Plugins": {"Plugins": {"telemetry": {"Disabled": true}}},
  "Provide": {"Enabled": false},
  "HTTPRetrieval": {"Enabled": false},
  "Gateway": {"NoFetch": true},
  "AutoNAT": {"ServiceMode": "disabled"},
  "Swarm": {
    "DisableNatPortMap": true,
    "RelayClient": {"Enabled": false},
    "RelayService": {"Enabled": false},
    "EnableHolePunching": false,
    "Transports": {"Network": {"QUIC": false, "Relay": false, "WebTransport": false, "WebRTCDirect": false,
                               "Websocket": false}}
  },
  "Pubsub": {"Enabled": true}
})";

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void require(bool condition, const std::string& otherwise) {
  if (!condition) throw std::runtime_error(otherwise);
}

/// For what the system refuses.
void require(bool condition) {
  if (!condition) throw std::system_error(errno, std::generic_category(), "cannot run Kubo's program");
}

/// Objects are merged, everything else is replaced.
void merge(boost::json::value& into, const boost::json::value& from) {
  if (!into.is_object() || !from.is_object()) {
    into = from;
    return;
  }
  for (const auto& [key, value] : from.get_object()) merge(into.get_object()[key], value);
}

struct child {
  int process = -1;
  int output = -1; ///< the end of a pipe to read from, when there is no log
};

/// Starts a program that ends with this thread. Its output goes to the end of the file `log`, or into a pipe; what it
/// says of errors there, too, unless the output is `unread`.
child spawn(const std::vector<std::string>& command, const fs::path& repository, const fs::path& log,
            bool unread = false) {
  int ends[2] = {-1, -1};
  if (log.empty()) require(::pipe2(ends, O_CLOEXEC) == 0);
  else ends[1] = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  require(ends[1] >= 0);

  std::vector<std::string> variables{"IPFS_PATH=" + repository.string(), "IPFS_TELEMETRY=off"};
  for (auto name : {"PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "PILLAR_KUBO"})
    if (const auto* value = std::getenv(name)) variables.push_back(std::string(name) + "=" + value);
  std::vector<char*> arguments, environment;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  for (const auto& variable : variables) environment.push_back(const_cast<char*>(variable.c_str()));
  arguments.push_back(nullptr);
  environment.push_back(nullptr);

  auto parent = ::getpid();
  child started{::fork(), ends[0]};
  require(started.process >= 0);
  if (started.process == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    ::dup2(::open("/dev/null", O_RDONLY), 0);
    ::dup2(unread ? ::open("/dev/null", O_WRONLY) : ends[1], 1);
    ::dup2(ends[1], 2);
    ::execve(arguments[0], arguments.data(), environment.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  return started;
}

/// What a program prints until it ends.
kubo_daemon::outcome run_command(const std::vector<std::string>& command, const fs::path& repository,
                                 bool unread = false) {
  auto started = spawn(command, repository, {}, unread);
  kubo_daemon::outcome found;
  char part[4096];
  for (ssize_t n; (n = ::read(started.output, part, sizeof part)) != 0;) {
    if (n > 0) found.output.append(part, static_cast<std::size_t>(n));
    else require(errno == EINTR);
  }
  ::close(started.output);
  int status = 0;
  ::waitpid(started.process, &status, 0);
  found.succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return found;
}

std::string without_line_end(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

/// The path of Kubo's program, built before by the test "interop: build kubo".
std::string find_program() {
  auto found = run_command({PILLAR_SOURCE_DIR "/tests/interop/kubo/build", "--find"}, {});
  require(found.succeeded, without_line_end(found.output));
  return without_line_end(found.output);
}

} // namespace

kubo_daemon::kubo_daemon(const kubo_setup& setup) : program_(find_program()) {
  text({"init", "--profile", setup.profiles});
  auto file = repository() / "config";
  auto settings = boost::json::parse(content_of(file));
  merge(settings, boost::json::parse(quiet_settings));
  if (!setup.settings.empty()) merge(settings, boost::json::parse(setup.settings));
  std::ofstream(file, std::ios::binary) << boost::json::serialize(settings);
  start();
}

kubo_daemon::~kubo_daemon() {
  kill();
}

void kubo_daemon::start() {
  require(process_ < 0, "the Kubo daemon runs already");
  for (auto file : {"api", "gateway"}) fs::remove(repository() / file); // left behind, they would count as new
  process_ = spawn({program_, "daemon"}, repository(), directory_ / "log").process;
  process_handle_ = static_cast<int>(::syscall(SYS_pidfd_open, process_, 0));
  require(process_handle_ >= 0);
  api_ = wait_for("api");
}

/// The content of a file into which the daemon writes an address when it listens.
std::string kubo_daemon::wait_for(const std::string& file) const {
  auto watch = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  ::inotify_add_watch(watch, repository().c_str(), IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO);
  auto until = std::chrono::steady_clock::now() + start_limit;
  std::string address;
  auto ended = false;
  while (!ended) {
    address = without_line_end(content_of(repository() / file));
    if (!address.empty()) break;
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd events[] = {{watch, POLLIN, 0}, {process_handle_, POLLIN, 0}};
    if (left.count() <= 0 || ::poll(events, 2, static_cast<int>(left.count())) == 0) break;
    ended = events[1].revents != 0;
    char ignored[4096];
    while (::read(watch, ignored, sizeof ignored) > 0) {
    }
  }
  ::close(watch);
  require(!ended, "the Kubo daemon ended at its start: " + last_words());
  require(!address.empty(), "the Kubo daemon did not write its address within 60 s: " + last_words());
  return address;
}

void kubo_daemon::reap(int limit) {
  pollfd ended{process_handle_, POLLIN, 0};
  while (::poll(&ended, 1, limit) < 0 && errno == EINTR) {
  }
  if (ended.revents == 0) ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  ::close(std::exchange(process_handle_, -1));
  process_ = -1;
  api_.clear();
}

void kubo_daemon::stop() {
  ::kill(process_, SIGTERM);
  reap(stop_limit);
}

void kubo_daemon::kill() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  reap(stop_limit);
}

void kubo_daemon::pause() {
  ::kill(process_, SIGSTOP);
  int status = 0;
  while (::waitpid(process_, &status, WUNTRACED) < 0) require(errno == EINTR); // its threads stop one after the other
  require(WIFSTOPPED(status), "the Kubo daemon ended instead of standing still: " + last_words());
}

void kubo_daemon::resume() {
  ::kill(process_, SIGCONT);
}

std::vector<std::string> kubo_daemon::command(const std::vector<std::string>& arguments) const {
  std::vector<std::string> words{program_};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

kubo_daemon::outcome kubo_daemon::run(const std::vector<std::string>& arguments) const {
  return run_command(command(arguments), repository());
}

void kubo_daemon::run_silently(const std::vector<std::string>& arguments) const {
  auto found = run_command(command(arguments), repository(), true);
  require(found.succeeded, "ipfs " + arguments.front() + ": " + found.output);
}

std::string kubo_daemon::text(const std::vector<std::string>& arguments) const {
  auto found = run(arguments);
  require(found.succeeded, "ipfs " + arguments.front() + ": " + found.output);
  return without_line_end(found.output);
}

void kubo_daemon::connect_to(const kubo_daemon& other) {
  auto identity = boost::json::parse(other.text({"id"}));
  text({"swarm", "connect", identity.at("Addresses").at(0).as_string().c_str()});
}

std::string kubo_daemon::last_words() const {
  auto log = content_of(directory_ / "log");
  return log.size() > 2000 ? log.substr(log.size() - 2000) : log;
}

} // namespace pillar::test
