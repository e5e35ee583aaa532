#include "tools/pillar/added_paths.hpp"

#include <set>
#include <stop_token>
#include <utility>

namespace pillar::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 256; // what is told late, should be little

bool leads_to_directory(const fs::path& path) {
  std::error_code failed;
  return fs::symlink_status(path, failed).type() == fs::file_type::directory;
}

/// With a last part that is a name.
fs::path named(const fs::path& path) {
  const auto last = path.has_filename() ? path.filename() : path.parent_path().filename(); // "dir/"
  if (last != "." && last != "..") return path;
  std::error_code failed;
  auto whole = fs::canonical(path, failed);
  return failed ? path : whole;
}

bool takes(const name_filter& filter, const fs::path& root, const fs::directory_entry& entry) {
  if (!filter.hidden && entry.path().filename().native().starts_with('.')) return false;
  std::error_code failed;
  const bool is_directory = entry.symlink_status(failed).type() == fs::file_type::directory;
  return filter.ignore.empty()
         || !filter.ignore.leave_out(entry.path().lexically_relative(root).native(), is_directory);
}

fs::path last_name(const fs::path& path) {
  return path.has_filename() ? path.filename() : path.parent_path().filename();
}

} // namespace

std::vector<path_group> grouped(const std::vector<std::string>& paths, bool wrap) {
  std::vector<path_group> groups;
  std::set<fs::path> names; // of the last group, if files may join it
  for (auto& text : paths) {
    if (text == "-") {
      groups.emplace_back();
      names.clear();
      continue;
    }
    auto path = named(text);
    const bool alone = !wrap && leads_to_directory(path);
    const bool joins =
        !groups.empty()
        && (wrap || (!alone && !names.empty() && names.size() < most_files && !names.contains(last_name(path))));
    if (!joins) {
      groups.emplace_back();
      names.clear();
    }
    if (!alone) names.insert(last_name(path));
    groups.back().push_back(std::move(path));
  }
  return groups;
}

size_scan::size_scan(std::vector<path_group> groups, name_filter filter)
    : thread_([this, groups = std::move(groups), filter = std::move(filter)](const std::stop_token& stop) {
        for (auto& group : groups)
          for (auto& path : group) count(path, filter, stop);
        done_ = !stop.stop_requested();
      }) {}

std::optional<std::uint64_t> size_scan::total() const {
  return done_ ? std::optional(bytes_) : std::nullopt;
}

void size_scan::count(const fs::path& path, const name_filter& filter, const std::stop_token& stop) {
  std::error_code failed; // what cannot be read is told by who adds it
  const auto add = [&](const fs::directory_entry& e) {
    if (e.symlink_status(failed).type() != fs::file_type::regular) return;
    const auto size = e.file_size(failed);
    if (!failed) bytes_ += size;
  };
  if (!leads_to_directory(path)) return add(fs::directory_entry(path, failed));
  for (fs::recursive_directory_iterator at(path, failed), end; !failed && at != end && !stop.stop_requested();
       at.increment(failed)) {
    if (takes(filter, path, *at)) add(*at);
    else at.disable_recursion_pending();
  }
}

} // namespace pillar::cli
