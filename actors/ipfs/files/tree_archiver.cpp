#include "actors/ipfs/files/tree_archiver.hpp"

#include "actors/ipfs/files/directory_builder.hpp"
#include "actors/ipfs/files/directory_reader.hpp"
#include "actors/ipfs/files/file_reader.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t longest_name = 255;  // bytes; NAME_MAX
constexpr std::size_t longest_path = 4095; // bytes; PATH_MAX, less the NUL

/// A directory on the way down.
struct frame {
  frame(block_store& store, std::string whole_path, loaded_node node)
      : path(std::move(whole_path)), directory(std::make_unique<loaded_node>(std::move(node))),
        entries(std::make_unique<entry_cursor>(store, *directory)) {}

  std::string path;
  std::unique_ptr<loaded_node> directory; ///< the cursor looks at it
  std::unique_ptr<entry_cursor> entries;
};

void check_path(const std::string& path, std::string_view name) {
  check_entry_name(name);
  if (name.size() > longest_name || path.size() > longest_path)
    throw failure(errc::bad_request, "directory entry " + in_quotes(path) + " has a longer name than files can have");
}

/// A link and a directory of one name would lead out of where an archive is unpacked. (The place of a name in a sharded
/// directory follows from the name, so there it cannot be twice.)
void check_names_differ(const loaded_node& directory) {
  if (directory.unixfs.type != unixfs_type::directory) return;
  std::vector<std::string_view> names;
  names.reserve(directory.links.size());
  for (const auto& link : directory.links) names.emplace_back(link.name);
  std::ranges::sort(names);
  if (auto twice = std::ranges::adjacent_find(names); twice != names.end())
    throw failure(errc::damaged, "directory entry " + in_quotes(*twice) + " occurs twice in " + directory.id.to_string()
                                     + ": this tree cannot be written");
}

} // namespace

tree_archiver::tree_archiver(std::shared_ptr<block_store> store, const timestamp& time, std::stop_token stop,
                             std::shared_ptr<thread_pool> pool, tree_limits limits)
    : store_(std::move(store)), time_(time), stop_(std::move(stop)), pool_(std::move(pool)), limits_(limits) {
  check_nanoseconds("the time", time.nanoseconds);
}

void tree_archiver::check_stop() const {
  if (stop_.stop_requested()) throw failure(errc::cancelled, "the archive was stopped");
}

void tree_archiver::write(const content_id& root, const std::string& name, const tar_writer::sink& to) {
  tar_writer archive(to);
  std::vector<frame> frames;
  std::uint64_t entries = 0;
  auto visit = [&](const std::string& path, std::string_view last, loaded_node node) {
    check_stop();
    check_path(path, last);
    if (++entries > limits_.entries)
      throw failure(errc::too_large, "the tree has more than " + std::to_string(limits_.entries) + " entries");
    auto entry = entry_of(path, node);
    if (node.is_file()) return write_file(archive, std::move(entry), std::move(node));
    if (node.is_directory()) check_names_differ(node);
    archive.begin(entry);
    if (node.is_directory()) frames.emplace_back(*store_, path, std::move(node));
  };
  visit(name, name, load(*store_, root));
  while (!frames.empty()) {
    if (auto link = frames.back().entries->next())
      visit(frames.back().path + "/" + link->name, link->name, load(*store_, link->id));
    else frames.pop_back();
  }
  archive.finish();
}

/// Set-user-id, set-group-id and the sticky bit are never written: whoever made the tree has no say in them.
tar_entry tree_archiver::entry_of(const std::string& path, const loaded_node& node) const {
  constexpr std::uint32_t allowed = 0777, of_directory = 0755, of_file = 0644;
  const auto& metadata = node.unixfs.metadata;
  tar_entry out{.path = path, .mode = of_file, .seconds = time_.seconds, .nanoseconds = time_.nanoseconds};
  if (node.is_directory()) {
    out.what = tar_entry::type::directory;
    out.path += '/';
    out.mode = of_directory;
  } else if (!node.is_file()) {
    out.what = tar_entry::type::symlink;
    out.mode = allowed;
    out.target = text_of(node.data());
    if (out.target.empty() || out.target.size() > longest_path || out.target.find('\0') != out.target.npos)
      throw failure(errc::bad_request, "symbolic link " + in_quotes(path) + " to " + in_quotes(out.target)
                                           + " leads nowhere: it cannot be written");
  }
  if (auto mode = metadata.mode.value_or(0) & allowed) out.mode = mode;
  if (metadata.mtime) {
    out.seconds = metadata.mtime->seconds;
    out.nanoseconds = metadata.mtime->nanoseconds;
  }
  return out;
}

void tree_archiver::write_file(tar_writer& to, tar_entry entry, loaded_node node) const {
  file_reader content(store_, std::move(node), 0, {}, pool_);
  entry.size = content.remaining();
  to.begin(entry);
  while (auto piece = content.next()) {
    check_stop();
    to.content(*piece);
  }
}

} // namespace pillar::ipfs::engine
