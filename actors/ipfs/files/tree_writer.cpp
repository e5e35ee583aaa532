#include "actors/ipfs/files/tree_writer.hpp"

#include "actors/ipfs/files/directory_builder.hpp"
#include "actors/ipfs/files/directory_reader.hpp"
#include "actors/ipfs/files/file_reader.hpp"
#include "interfaces/error.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace pillar::ipfs::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_name = 255; // bytes; NAME_MAX

/// What is written until it is whole; removed unless it got its name.
class temporary_entry {
public:
  temporary_entry(file_system& files, int directory, const fs::path& into)
      : files_(files), directory_(directory), into_(into), name_(".pillar-get-" + random_identity()) {}
  temporary_entry(const temporary_entry&) = delete;
  temporary_entry& operator=(const temporary_entry&) = delete;
  ~temporary_entry() {
    std::error_code ignored; // it follows no links; what cannot be removed has a name that says what it is
    if (!kept_) fs::remove_all(into_ / name_, ignored);
  }

  const std::string& name() const { return name_; }

  /// Gives it its name, unless something has that already.
  void keep_as(const std::string& name) {
    auto renamed = files_.rename(directory_, name_.c_str(), directory_, name.c_str(), RENAME_NOREPLACE) == 0;
    if (!renamed && errno == EINVAL) { // some network file systems cannot refuse to replace
      struct ::stat info{};
      if (::fstatat(directory_, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) errno = EEXIST;
      else renamed = files_.rename(directory_, name_.c_str(), directory_, name.c_str(), 0) == 0;
    }
    if (!renamed && errno == EEXIST) refuse_existing(into_ / name);
    if (!renamed) throw_errno("cannot rename what was written to", into_ / name);
    kept_ = true;
  }

  [[noreturn]] static void refuse_existing(const fs::path& path) {
    throw failure(errc::already_exists, path.string()
                                            + " exists, and nothing is overwritten: choose another name or "
                                              "directory, or move it away");
  }

private:
  file_system& files_;
  int directory_;
  fs::path into_;
  std::string name_;
  bool kept_ = false;
};

/// Whether a link at `path` (below the tree's root) with this target stays in the tree. Dots that lead up are allowed
/// at the beginning only, where they go through real directories; after a name they could go up from wherever a link
/// of that name leads.
bool stays_inside(std::string_view path, std::string_view target) {
  if (target.empty() || target.starts_with('/') || target.find('\0') != target.npos) return false;
  auto depth = std::ranges::count(path, '/');
  bool named = false;
  while (!target.empty()) {
    auto slash = target.find('/');
    auto part = target.substr(0, slash);
    if (part == ".." && (named || depth-- == 0)) return false;
    if (part != ".." && part != "." && !part.empty()) named = true;
    target.remove_prefix(slash == target.npos ? target.size() : slash + 1);
  }
  return true;
}

/// The times to set: none of access, this one of change.
std::array<timespec, 2> change_times(const unixfs_time& time) {
  return {{{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, {.tv_sec = time.seconds, .tv_nsec = time.nanoseconds}}};
}

void check_space(int directory, std::uint64_t size, const fs::path& path) {
  struct ::statvfs info{};
  if (::fstatvfs(directory, &info) != 0) return;
  auto free = std::uint64_t{info.f_bavail} * info.f_frsize;
  if (size > free)
    throw failure(errc::storage_full, path.string() + " has " + std::to_string(size) + " bytes, and "
                                          + std::to_string(free) + " are free: make room, or choose another directory");
}

} // namespace

tree_writer::tree_writer(file_system& files, std::shared_ptr<block_store> store, tree_limits limits,
                         std::stop_token stop, std::shared_ptr<thread_pool> pool)
    : files_(files), store_(std::move(store)), limits_(limits), stop_(std::move(stop)), pool_(std::move(pool)) {}

void tree_writer::check_stop() const {
  if (stop_.stop_requested()) throw failure(errc::cancelled, "the get was stopped: nothing is left of it");
}

void tree_writer::refuse_write(const std::string& path) const {
  auto number = errno;
  auto shown = target_ / path;
  if (number == EEXIST)
    throw failure(errc::damaged, "directory entry " + in_quotes(path) + " occurs twice: this tree cannot be written");
  if (number == ENAMETOOLONG)
    throw failure(errc::bad_request, "directory entry " + in_quotes(path) + " has a longer name than files can have");
  throw failure_of_errno(number, "cannot write " + shown.string());
}

void tree_writer::write(const content_id& id, const fs::path& into, std::string_view name) {
  check_entry_name(name);
  if (name.size() > longest_name)
    throw failure(errc::bad_request, in_quotes(name) + " is a longer name than files can have: choose a shorter one");
  target_ = into / name;
  auto directory = open_file(files_, AT_FDCWD, into, O_RDONLY | O_DIRECTORY, 0, "cannot open directory");
  struct ::stat info{};
  if (::fstatat(directory.number(), target_.filename().c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0)
    temporary_entry::refuse_existing(target_);

  temporary_entry entry(files_, directory.number(), into);
  auto node = load(*store_, id);
  if (!node.is_directory()) {
    write_entry(directory.number(), entry.name(), std::move(node));
  } else {
    if (files_.mkdir(directory.number(), entry.name().c_str(), 0777) != 0) refuse_write("");
    descriptor root(files_.open_beneath(directory.number(), entry.name().c_str(), O_RDONLY | O_DIRECTORY, 0));
    if (!root) refuse_write("");
    if (!node.unixfs.metadata.empty()) finishing_.emplace_back(".", node.unixfs.metadata);
    directories_.push_back({id, ""});
    write_directories(root.number());
  }
  entry.keep_as(std::string(name));
}

void tree_writer::write_directories(int root) {
  while (!directories_.empty()) {
    auto here = std::move(directories_.back());
    directories_.pop_back();
    auto node = load(*store_, here.id);
    for_each_entry(*store_, node, [&](const pb_link& link) {
      check_entry_name(link.name);
      if (++entries_ > limits_.entries)
        throw failure(errc::too_large, "the tree has more than " + std::to_string(limits_.entries) + " entries");
      write_entry(root, here.path.empty() ? link.name : here.path + "/" + link.name, load(*store_, link.id));
    });
  }
  for (auto at = finishing_.rbegin(); at != finishing_.rend(); ++at) { // a parent's mode may forbid to reach a child
    descriptor directory(files_.open_beneath(root, at->first.c_str(), O_RDONLY | O_DIRECTORY, 0));
    if (!directory) refuse_write(at->first);
    set_metadata(directory.number(), at->second);
  }
}

/// Writes one entry at a path below a directory; the directories on the way are there.
void tree_writer::write_entry(int root, const std::string& path, loaded_node node) {
  check_stop();
  auto slash = path.rfind('/');
  descriptor opened;
  auto directory = root;
  if (slash != path.npos) {
    opened = descriptor(files_.open_beneath(root, path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY, 0));
    if (!opened) refuse_write(path);
    directory = opened.number();
  }
  auto name = path.substr(slash + 1);
  if (node.is_directory()) {
    if (files_.mkdir(directory, name.c_str(), 0777) != 0) refuse_write(path);
    if (!node.unixfs.metadata.empty()) finishing_.emplace_back(path, node.unixfs.metadata);
    directories_.push_back({node.id, path});
  } else if (node.unixfs.type == unixfs_type::symlink) {
    if (!stays_inside(path, text_of(node.data())))
      throw failure(errc::bad_request, "symbolic link " + in_quotes(path) + " to " + in_quotes(text_of(node.data()))
                                           + " leads out of the tree, or may do so: it is not made");
    if (files_.symlink(std::string(text_of(node.data())).c_str(), directory, name.c_str()) != 0) refuse_write(path);
    if (auto time = node.unixfs.metadata.mtime) set_link_time(directory, name, *time);
    ++file_count_;
  } else {
    write_file(directory, name, std::move(node));
    ++file_count_;
  }
}

void tree_writer::write_file(int directory, const std::string& name, loaded_node node) {
  auto metadata = node.unixfs.metadata;
  file_reader content(store_, std::move(node), 0, {}, pool_);
  check_space(directory, content.remaining(), target_);
  descriptor file(files_.open(directory, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666));
  if (!file) refuse_write(name);
  while (auto piece = content.next()) {
    check_stop();
    for (bytes_view rest = *piece; !rest.empty();) {
      auto n = files_.write(file.number(), rest.data(), rest.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) refuse_write(name);
      rest = rest.subspan(static_cast<std::size_t>(n));
    }
    byte_count_ += piece->size();
  }
  set_metadata(file.number(), metadata);
}

/// Applies a stored mode and time. Set-user-id, set-group-id and the sticky bit are never set: whoever wrote the tree
/// has no say in them.
void tree_writer::set_metadata(int file, const unixfs_metadata& metadata) {
  constexpr mode_t allowed = 0777;
  if (metadata.mode.value_or(0) != 0 && ::fchmod(file, *metadata.mode & allowed) != 0)
    throw_errno("cannot set the mode in", target_);
  if (!metadata.mtime) return;
  auto times = change_times(*metadata.mtime);
  if (::futimens(file, times.data()) != 0) throw_errno("cannot set the time in", target_);
}

void tree_writer::set_link_time(int directory, const std::string& name, const unixfs_time& time) {
  auto times = change_times(time);
  if (::utimensat(directory, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0)
    throw_errno("cannot set the time of a link in", target_);
}

} // namespace pillar::ipfs::engine
