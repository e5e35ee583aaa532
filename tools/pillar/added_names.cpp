#include "tools/pillar/added_names.hpp"

#include <algorithm>
#include <vector>

namespace pillar::cli {

namespace {

namespace fs = std::filesystem;

void visit_below(const fs::path& directory, const fs::path& relative, bool hidden,
                 const std::function<void(const fs::path&)>& visit) {
  std::error_code gone;
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator at(directory, gone), end; !gone && at != end; at.increment(gone))
    if (hidden || !at->path().filename().native().starts_with('.')) entries.push_back(*at);
  std::ranges::sort(entries, {}, [](const fs::directory_entry& e) { return e.path().filename().native(); });
  for (auto& entry : entries) {
    const auto name = relative / entry.path().filename();
    if (entry.symlink_status(gone).type() == fs::file_type::directory) visit_below(entry.path(), name, hidden, visit);
    visit(name);
  }
}

} // namespace

std::string name_of(const fs::path& path) {
  auto whole = fs::absolute(path).lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path(); // "dir/"
  return whole.has_filename() ? whole.filename().string() : whole.string();
}

void for_each_below(const fs::path& directory, bool hidden, const std::function<void(const fs::path&)>& visit) {
  visit_below(directory, {}, hidden, visit);
}

} // namespace pillar::cli
