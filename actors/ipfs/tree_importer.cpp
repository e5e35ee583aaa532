#include "actors/ipfs/tree_importer.hpp"

#include "actors/ipfs/directory_builder.hpp"
#include "interfaces/error.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

/// The failure behind errno of something that was to be read: a missing permission is no matter of writing then.
[[noreturn]] void throw_unreadable(const std::filesystem::path& path) {
  auto f = failure_of_errno(errno, "cannot read " + path.string());
  if (f.code() == errc::not_found) throw f;
  throw failure(errc::io_error, f.message());
}

[[noreturn]] void refuse_kind(const std::filesystem::path& path, mode_t mode) {
  const auto* kind = S_ISFIFO(mode)   ? "a pipe"
                     : S_ISSOCK(mode) ? "a socket"
                     : S_ISCHR(mode)  ? "a device"
                     : S_ISBLK(mode)  ? "a disk"
                                      : "of an unknown kind";
  throw failure(errc::bad_request, path.string() + " is " + kind
                                       + ": only files, directories and symbolic links can be added; leave it out");
}

mode_t kind_of(int directory, const char* name, const std::filesystem::path& shown) {
  struct ::stat info{};
  if (::fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) != 0) throw_unreadable(shown);
  return info.st_mode;
}

} // namespace

/// A directory on the way down.
struct tree_importer::frame {
  std::string path; ///< below the root; "." for itself
  std::vector<std::string> names;
  std::size_t next = 0;
  std::vector<pb_link> entries;

  std::string below(const std::string& name) const { return path == "." ? name : path + "/" + name; }
};

tree_importer::tree_importer(file_system& files, const node_writer& writer, thread_pool& pool, tree_options options,
                             std::stop_token stop)
    : files_(files), writer_(writer), importer_(writer, pool, stop), options_(options), stop_(std::move(stop)) {}

tree_importer::~tree_importer() = default;

imported tree_importer::add(const std::filesystem::path& path) {
  path_ = path;
  auto mode = kind_of(AT_FDCWD, path.c_str(), path);
  if (S_ISLNK(mode)) return add_symlink(AT_FDCWD, path.c_str(), path);
  if (!S_ISREG(mode) && !S_ISDIR(mode)) refuse_kind(path, mode);
  // Not to block should it be a pipe by now.
  descriptor file(files_.open(AT_FDCWD, path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY, 0));
  if (!file) throw_unreadable(path);
  return S_ISREG(mode) ? add_file(std::move(file), path) : add_tree(std::move(file));
}

void tree_importer::read_names(frame& f, int directory) {
  auto close = [](DIR* d) { ::closedir(d); };
  std::unique_ptr<DIR, decltype(close)> stream(::fdopendir(::fcntl(directory, F_DUPFD_CLOEXEC, 0)), close);
  if (!stream) throw_unreadable(path_ / f.path);
  for (errno = 0; const auto* entry = ::readdir(stream.get()); errno = 0) {
    std::string name = entry->d_name;
    if (name == "." || name == ".." || (!options_.hidden && name[0] == '.')) continue;
    f.names.push_back(std::move(name));
  }
  if (errno != 0) throw_unreadable(path_ / f.path);
}

imported tree_importer::add_tree(descriptor root) {
  std::vector<frame> frames;
  descriptor directory; // of the last frame
  auto enter = [&](const std::string& path) {
    directory = descriptor(files_.open_beneath(root.number(), path.c_str(), O_RDONLY | O_DIRECTORY, 0));
    if (!directory) throw_unreadable(path_ / path);
  };
  auto descend = [&](std::string path) {
    enter(path);
    frames.push_back({std::move(path), {}, 0, {}});
    read_names(frames.back(), directory.number());
  };
  descend(".");
  for (;;) {
    if (stop_.stop_requested()) throw failure(errc::cancelled, "the add was stopped: nothing is pinned");
    auto& top = frames.back();
    if (top.next == top.names.size()) {
      auto done = write_directory(writer_, std::move(top.entries), {});
      frames.pop_back();
      if (frames.empty()) return done;
      auto& above = frames.back();
      enter(above.path);
      above.entries.push_back({std::move(done.id), above.names[above.next++], done.tsize});
      continue;
    }
    const auto& name = top.names[top.next];
    auto shown = path_ / top.below(name);
    auto mode = kind_of(directory.number(), name.c_str(), shown);
    if (S_ISDIR(mode)) {
      descend(top.below(name));
      continue;
    }
    imported child;
    if (S_ISLNK(mode)) {
      child = add_symlink(directory.number(), name.c_str(), shown);
    } else if (S_ISREG(mode)) {
      descriptor file(files_.open(directory.number(), name.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW, 0));
      if (!file) throw_unreadable(shown);
      child = add_file(std::move(file), shown);
    } else {
      refuse_kind(shown, mode);
    }
    top.entries.push_back({std::move(child.id), name, child.tsize});
    ++top.next;
  }
}

imported tree_importer::add_file(descriptor file, const std::filesystem::path& shown) {
  struct ::stat info{};
  if (::fstat(file.number(), &info) != 0) throw_unreadable(shown);
  if (!S_ISREG(info.st_mode)) refuse_kind(shown, info.st_mode);
  auto child = importer_.import([&](std::span<std::byte> to) {
    std::size_t done = 0;
    while (done < to.size()) {
      auto n = files_.read(file.number(), to.data() + done, to.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw_unreadable(shown);
      if (n == 0) break;
      done += static_cast<std::size_t>(n);
    }
    return done;
  });
  ++file_count_;
  byte_count_ += child.size;
  return child;
}

imported tree_importer::add_symlink(int directory, const char* name, const std::filesystem::path& shown) {
  std::string target(4096, '\0'); // PATH_MAX; no target is longer
  auto size = ::readlinkat(directory, name, target.data(), target.size());
  if (size < 0) throw_unreadable(shown);
  target.resize(static_cast<std::size_t>(size));
  ++file_count_;
  return writer_.write_node({}, {.type = unixfs_type::symlink, .data = view_of(target)}, 0);
}

} // namespace pillar::ipfs::engine
