#include "tools/pillar/session.hpp"

#include "actors/standard.hpp"
#include "runtime/user_directories.hpp"

#include <filesystem>

namespace pillar::cli {

namespace {

configuration read_settings(const common_options& common, const std::vector<std::string>& more) {
  std::vector<std::string> arguments;
  if (!common.config.empty()) arguments.push_back("--config=" + common.config);
  if (!common.data.empty()) arguments.push_back("--data=" + common.data);
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

node& session::make_node(const std::vector<std::string>& more) {
  node_ = std::make_unique<node>(read_settings(common_, more));
  return *node_;
}

void start_node(node& made) {
  made.data(); // opened first: what is wrong with it is told as it is, and not as the trouble of some worker
  made.start();
}

node& session::open(access how, std::initializer_list<void (*)(node&)> workers) {
  auto settings = read_settings(common_, {});
  const bool logs = settings.has("log.level") || settings.has("log.file") || settings.has("log.format");
  auto& opened = *(node_ = std::make_unique<node>(std::move(settings), logs ? environment{} : noting()));
  if (how == access::reads) check_data_directory(opened.settings().path("node.data"));
  for (auto provide : workers) provide(opened);
  start_node(opened);
  return opened;
}

environment session::noting() {
  environment made;
  made.log = logger::to_function(log_level::warning, [this](const log_record& r) { notes_.emplace_back(r.message); });
  return made;
}

bool session::close() {
  return !node_ || node_->stop().clean;
}

} // namespace pillar::cli
