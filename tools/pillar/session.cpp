#include "tools/pillar/session.hpp"

#include "actors/standard.hpp"
#include "runtime/user_directories.hpp"

#include <filesystem>

namespace pillar::cli {

namespace {

// A command has its answers when its node stops; what still runs then, after Ctrl-C, is not waited for as a node would.
constexpr auto stop_limit = std::chrono::seconds(3);

std::string as_argument(const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0)
    throw usage_error(errc::bad_request, "--set " + assignment + " sets nothing: write --set NAME=VALUE");
  return "--" + assignment;
}

configuration read_settings(const common_options& common, const std::vector<std::string>& more) {
  std::vector<std::string> arguments;
  if (!common.config.empty()) arguments.push_back("--config=" + common.config);
  if (!common.data.empty()) arguments.push_back("--data=" + common.data);
  for (auto& assignment : common.set) arguments.push_back(as_argument(assignment));
  arguments.insert(arguments.end(), more.begin(), more.end());
  try {
    auto settings = configuration::from(arguments, process_environment());
    settings.declare(standard_options());
    settings.check_all_known();
    return settings;
  } catch (const failure& f) {
    throw usage_error(f);
  }
}

void check_data_directory(const std::filesystem::path& data) {
  std::error_code failed;
  if (std::filesystem::is_directory(data, failed)) return;
  throw failure(errc::not_found, "there is no data directory " + data.string()
                                     + ": name it with --data, or make it by storing something or by `pillar start`");
}

} // namespace

bool uses_daemon(const configuration& settings) {
  return settings.options().find("ipfs.backend") && settings.text("ipfs.backend") == "kubo";
}

node& session::make_node(const std::vector<std::string>& more) {
  node_ = std::make_unique<node>(read_settings(common_, more));
  return *node_;
}

void start_node(node& made) {
  made.data(); // opened first: what is wrong with it is told as it is, and not as the trouble of some worker
  made.start();
}

node& session::prepare() {
  auto settings = read_settings(common_, {});
  settings.set_default("node.stop-timeout", stop_limit);
  const bool logs = settings.has("log.level") || settings.has("log.file") || settings.has("log.format");
  return *(node_ = std::make_unique<node>(std::move(settings), logs ? environment{} : noting()));
}

node& session::open(access how, std::initializer_list<void (*)(node&)> workers) {
  auto& opened = prepare();
  if (how == access::reads) check_data_directory(opened.settings().path("node.data"));
  for (auto provide : workers) provide(opened);
  start_node(opened);
  return opened;
}

node& session::open_ipfs(access how) {
  auto& opened = prepare();
  if (!uses_daemon(opened.settings())) {
    if (how == access::reads) check_data_directory(opened.settings().path("node.data"));
    opened.data();
  }
  provide_ipfs(opened);
  opened.start();
  return opened;
}

environment session::noting() {
  environment made;
  made.log = logger::to_function(log_level::warning, [this](const log_record& r) { note(std::string(r.message)); });
  return made;
}

void session::note(std::string text) {
  std::lock_guard lock(mutex_);
  notes_.push_back(std::move(text));
}

bool session::close() {
  return !node_ || node_->stop().clean;
}

} // namespace pillar::cli
