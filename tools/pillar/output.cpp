#include "tools/pillar/output.hpp"

#include "tools/pillar/printable.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace pillar::cli {

namespace {
constexpr std::size_t buffer_size = 64 * 1024; // what a pipe takes at once
}

bool output::is_terminal() const {
  return ::isatty(to_) == 1;
}

void output::write(std::string_view data) {
  if (buffer_.size() + data.size() >= buffer_size) flush();
  if (data.size() >= buffer_size) write_out(data);
  else buffer_ += data;
}

void output::write(std::span<const std::byte> data) {
  write(std::string_view(reinterpret_cast<const char*>(data.data()), data.size()));
}

void output::line(std::string_view text) {
  write(printable(text) + '\n');
}

void output::fields(const std::vector<std::pair<std::string_view, std::string>>& all) {
  const auto width = std::ranges::max(all, {}, [](auto& field) { return field.first.size(); }).first.size();
  for (auto& [name, value] : all) line(std::string(name).append(width + 2 - name.size(), ' ') + value);
}

void output::json(const boost::json::value& document) {
  write(boost::json::serialize(document) + '\n');
}

void output::flush() {
  write_out(std::exchange(buffer_, {}));
}

void output::abandon() noexcept {
  try {
    flush();
  } catch (...) { // there is an error to tell already
  }
}

void output::write_out(std::string_view data) {
  while (!data.empty()) {
    const auto written = ::write(to_, data.data(), data.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) throw broken_pipe{};
    if (written < 0) throw failure_of_errno(errno, "cannot write to " + shown_);
    data.remove_prefix(static_cast<std::size_t>(written));
  }
}

} // namespace pillar::cli
