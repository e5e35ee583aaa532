#include "runtime/log.hpp"

#include "interfaces/error.hpp"
#include "runtime/configuration.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <cerrno>
#include <mutex>

#include <fcntl.h>
#include <unistd.h>

namespace pillar {

namespace {

constexpr std::array<std::string_view, 6> level_names{"trace", "debug", "info", "warning", "error", "off"};

// Tells why a file cannot be appended to, in Pillar's errors; spdlog would only say that it cannot. Creates it.
void check_appendable(const std::filesystem::path& file) {
  const auto what = "cannot open the log file " + file.string();
  std::error_code error;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), error);
  if (error) throw failure_of_errno(error.value(), what);
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (descriptor < 0) throw failure_of_errno(errno, what);
  ::close(descriptor);
}

} // namespace

std::string_view name_of(log_level level) noexcept {
  const auto index = static_cast<std::size_t>(level);
  return index < level_names.size() ? level_names[index] : "unknown";
}

std::optional<log_level> log_level_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < level_names.size(); ++i)
    if (level_names[i] == name) return static_cast<log_level>(i);
  return std::nullopt;
}

/// Hands records to the embedding application, one at a time.
struct logger::function_sink : sink {
  function_sink(log_level least, std::function<void(const log_record&)> to) : sink(least), call(std::move(to)) {}

  void take(const log_record& record) override {
    const std::lock_guard one_at_a_time(mutex);
    call(record);
  }

  std::mutex mutex;
  std::function<void(const log_record&)> call;
};

/// Writes lines through spdlog's sinks, which lock; its loggers and their global registry are not used.
struct logger::line_sink : sink {
  line_sink(log_level least, log_format as, std::shared_ptr<spdlog::sinks::sink> lines)
      : sink(least), format(as), to(std::move(lines)) {
    to->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
  }

  void take(const log_record& record) override {
    const auto line = format == log_format::json ? json_line(record) : text_line(record);
    to->log(spdlog::details::log_msg({}, spdlog::level::off, {line.data(), line.size()}));
    to->flush();
  }

  log_format format;
  std::shared_ptr<spdlog::sinks::sink> to;
};

logger logger::to_stderr(log_level level, log_format format) {
  return logger(std::make_shared<line_sink>(level, format, std::make_shared<spdlog::sinks::stderr_sink_mt>()));
}

logger logger::to_file(const std::filesystem::path& file, log_level level, log_format format) {
  check_appendable(file);
  try {
    auto lines = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string());
    return logger(std::make_shared<line_sink>(level, format, std::move(lines)));
  } catch (const spdlog::spdlog_ex& e) {
    throw failure(errc::io_error, "cannot open the log file " + file.string() + ": " + e.what());
  }
}

logger logger::to_function(log_level level, std::function<void(const log_record&)> sink) {
  return logger(std::make_shared<function_sink>(level, std::move(sink)));
}

logger logger::from(const configuration& settings) {
  const auto level = log_level_named(settings.text("log.level")).value_or(log_level::warning);
  const auto format = settings.text("log.format") == "json" ? log_format::json : log_format::text;
  const auto file = settings.path("log.file");
  const auto made = file.empty() ? to_stderr(level, format) : to_file(file, level, format);
  return made.named(settings.text("node.name"));
}

logger logger::named(std::string node) const {
  auto made = *this;
  made.node_ = std::move(node);
  return made;
}

log_level logger::level() const noexcept {
  return sink_ ? sink_->level.load(std::memory_order_relaxed) : log_level::off;
}

void logger::set_level(log_level level) noexcept {
  if (sink_) sink_->level.store(level, std::memory_order_relaxed);
}

std::uint64_t logger::lost() const noexcept {
  return sink_ ? sink_->lost.load(std::memory_order_relaxed) : 0;
}

void logger::write(log_level level, std::string_view actor, std::uint64_t trace_id, std::string_view message,
                   std::span<const log_field> fields) const noexcept {
  try {
    sink_->take({std::chrono::system_clock::now(), level, node_, actor, trace_id, message, fields});
  } catch (...) {
    sink_->lost.fetch_add(1, std::memory_order_relaxed);
  }
}

} // namespace pillar
