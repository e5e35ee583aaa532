/// Structured logging: one record is a level, the actor, the trace id, a message and named fields. A logger is a handle
/// that shares its sink; there is no global one, so several nodes in one process log apart.
#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pillar {

class configuration;

enum class log_level : std::uint8_t { trace, debug, info, warning, error, off };

/// "warning", as in `log.level = warning`.
std::string_view name_of(log_level level) noexcept;
std::optional<log_level> log_level_named(std::string_view name) noexcept;

/// A named detail of a record, for programs that read logs: {"bytes", std::to_string(n)}.
struct log_field {
  std::string_view name;
  std::string value;
};

/// What a sink gets. The views live as long as the call.
struct log_record {
  std::chrono::system_clock::time_point time;
  log_level level;
  std::string_view node;
  std::string_view actor;
  std::uint64_t trace_id; ///< 0: none
  std::string_view message;
  std::span<const log_field> fields;
};

enum class log_format : std::uint8_t { text, json };

/// `2026-01-31T07:05:09.123Z warning node-1 notary 00000000000000ff cannot read file path="a b"`, without a line end.
/// Nothing that was logged can forge a line or steer a terminal: control characters and broken UTF-8 are escaped. A
/// missing node, actor or trace id is `-`.
std::string text_line(const log_record& record);

/// `{"time":"...","level":"warning","node":"node-1","actor":"notary","trace":"00000000000000ff","message":"...",
/// "fields":{"path":"a b"}}` on one line, always valid JSON in UTF-8 (broken bytes become U+FFFD), without a line end.
/// A missing actor or trace id, and an empty set of fields, is left out.
std::string json_line(const log_record& record);

/// Copies share the sink and the level. Thread-safe. Logging never throws: what a sink cannot take is counted in
/// lost().
class logger {
public:
  /// Logs nothing.
  logger() = default;

  static logger none() { return {}; }
  static logger to_stderr(log_level level, log_format format = log_format::text);
  /// Appends to a file, creating it (mode 0640) and its directory; a record is in the file when `log` returns. Throws a
  /// failure (read_only, storage_full, io_error...) when it cannot be opened.
  static logger to_file(const std::filesystem::path& file, log_level level, log_format format = log_format::text);
  /// Calls the function for each record, one at a time; it must not log to the same logger.
  static logger to_function(log_level level, std::function<void(const log_record&)> sink);
  /// As log.level, log.file (empty: stderr), log.format and node.name say. Errors: as to_file.
  static logger from(const configuration& settings);

  /// The same sink and level for records of this node.
  logger named(std::string node) const;

  /// Whether a record of this level is written; a relaxed load, so ask before building anything costly.
  bool enabled(log_level level) const noexcept {
    return sink_ && level >= sink_->level.load(std::memory_order_relaxed) && level != log_level::off;
  }
  log_level level() const noexcept;
  /// For all copies, at once. Without effect on none().
  void set_level(log_level level) noexcept;

  void log(log_level level, std::string_view actor, std::uint64_t trace_id, std::string_view message,
           std::initializer_list<log_field> fields = {}) const noexcept {
    if (enabled(level)) write(level, actor, trace_id, message, {fields.begin(), fields.size()});
  }
  /// With the fields made by a function, which is called only when the record is written.
  template <std::invocable Fields>
  void log(log_level level, std::string_view actor, std::uint64_t trace_id, std::string_view message,
           Fields&& fields) const {
    if (!enabled(level)) return;
    const std::vector<log_field> made = fields();
    write(level, actor, trace_id, message, made);
  }

  /// How many records the sink failed to take, for instance because the disk is full.
  std::uint64_t lost() const noexcept;

private:
  struct sink {
    explicit sink(log_level least) : level(least) {}
    virtual ~sink() = default;
    virtual void take(const log_record& record) = 0;

    std::atomic<log_level> level;
    std::atomic<std::uint64_t> lost{0};
  };
  struct function_sink;
  struct line_sink;
  explicit logger(std::shared_ptr<sink> to) : sink_(std::move(to)) {}
  void write(log_level level, std::string_view actor, std::uint64_t trace_id, std::string_view message,
             std::span<const log_field> fields) const noexcept;

  std::shared_ptr<sink> sink_;
  std::string node_;
};

} // namespace pillar
