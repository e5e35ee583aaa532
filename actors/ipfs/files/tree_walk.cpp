#include "actors/ipfs/files/tree_walk.hpp"

#include "interfaces/error.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

namespace pillar::ipfs::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_target = 4096; // bytes of a symbolic link; PATH_MAX

/// The failure behind errno of something that was to be read: a missing permission is no matter of writing then.
[[noreturn]] void throw_unreadable(const fs::path& path) {
  auto f = failure_of_errno(errno, "cannot read " + path.string());
  if (f.code() == errc::not_found) throw f;
  throw failure(errc::io_error, f.message());
}

[[noreturn]] void refuse_kind(const fs::path& path, mode_t mode) {
  const auto* kind = S_ISFIFO(mode)   ? "a pipe"
                     : S_ISSOCK(mode) ? "a socket"
                     : S_ISCHR(mode)  ? "a device"
                     : S_ISBLK(mode)  ? "a disk"
                                      : "of an unknown kind";
  throw failure(errc::bad_request, path.string() + " is " + kind
                                       + ": only files, directories and symbolic links can be added; leave it out");
}

file_attributes attributes_of(const struct ::stat& info) {
  constexpr mode_t mode_bits = 07777;
  return {.mode = info.st_mode & mode_bits,
          .mtime = info.st_mtim.tv_sec,
          .nanoseconds = static_cast<std::uint32_t>(info.st_mtim.tv_nsec),
          .size = static_cast<std::uint64_t>(info.st_size)};
}

/// A directory's names, packed: there may be millions of them.
class name_list {
public:
  void add(const char* name) {
    starts_.push_back(text_.size());
    text_.append(name).push_back('\0');
  }

  void sort() {
    std::ranges::sort(starts_, {}, [this](std::size_t start) { return std::string_view(&text_[start]); });
  }

  bool at_end() const { return next_ == starts_.size(); }
  std::string take() { return &text_[starts_[next_++]]; }

private:
  std::string text_;
  std::vector<std::size_t> starts_; ///< of the names in the text
  std::size_t next_ = 0;
};

/// A directory on the way down.
struct frame {
  std::string path;
  name_list names;
};

class walk {
public:
  walk(file_system& files, const fs::path& root, bool hidden, const ignore_rules& ignore, const std::stop_token& stop,
       tree_visitor& visitor)
      : files_(files), root_path_(root), hidden_(hidden), ignore_(ignore), stop_(stop), visitor_(visitor) {}

  void run() {
    auto info = look_at(AT_FDCWD, root_path_.c_str(), root_path_);
    if (S_ISLNK(info.st_mode)) return visit_symlink(AT_FDCWD, root_path_.c_str(), "", info);
    if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) refuse_kind(root_path_, info.st_mode);
    auto opened = open(AT_FDCWD, root_path_.c_str(), 0, "");
    if (S_ISREG(info.st_mode)) return visit_file(opened, "");
    root_ = std::move(opened);
    descend("");
    while (!frames_.empty()) next();
  }

private:
  fs::path shown(const std::string& path) const { return path.empty() ? root_path_ : root_path_ / path; }

  static struct ::stat look_at(int directory, const char* name, const fs::path& shown) {
    struct ::stat info{};
    if (::fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) != 0) throw_unreadable(shown);
    return info;
  }

  static struct ::stat look_at(const descriptor& file, const fs::path& shown) {
    struct ::stat info{};
    if (::fstat(file.number(), &info) != 0) throw_unreadable(shown);
    return info;
  }

  /// Opens for reading, and does not block should it be a pipe by now.
  descriptor open(int directory, const char* name, int flags, const std::string& path) {
    descriptor file(files_.open(directory, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | flags, 0));
    if (!file) throw_unreadable(shown(path));
    return file;
  }

  void enter_directory(const std::string& path) {
    directory_ =
        descriptor(files_.open_beneath(root_.number(), path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY, 0));
    if (!directory_) throw_unreadable(shown(path));
  }

  void descend(std::string path) {
    enter_directory(path);
    auto names = read_names(path);
    visitor_.about(attributes_of(look_at(directory_, shown(path))));
    visitor_.enter(path);
    frames_.push_back({std::move(path), std::move(names)});
  }

  name_list read_names(const std::string& path) {
    auto close = [](DIR* d) { ::closedir(d); };
    std::unique_ptr<DIR, decltype(close)> stream(::fdopendir(::fcntl(directory_.number(), F_DUPFD_CLOEXEC, 0)), close);
    if (!stream) throw_unreadable(shown(path));
    name_list names;
    for (errno = 0; const auto* entry = ::readdir(stream.get()); errno = 0) {
      std::string_view name = entry->d_name;
      if (name != "." && name != ".." && (hidden_ || name[0] != '.')) names.add(entry->d_name);
    }
    if (errno != 0) throw_unreadable(shown(path));
    names.sort();
    return names;
  }

  void next() {
    if (stop_.stop_requested()) throw failure(errc::cancelled, "the add was stopped: nothing is pinned");
    auto& top = frames_.back();
    if (top.names.at_end()) {
      visitor_.leave(top.path);
      frames_.pop_back();
      if (!frames_.empty()) enter_directory(frames_.back().path);
      return;
    }
    auto name = top.names.take();
    auto path = top.path.empty() ? name : top.path + "/" + name;
    auto info = look_at(directory_.number(), name.c_str(), shown(path));
    if (ignore_.leave_out(path, S_ISDIR(info.st_mode))) return;
    if (S_ISDIR(info.st_mode)) descend(path);
    else if (S_ISLNK(info.st_mode)) visit_symlink(directory_.number(), name.c_str(), path, info);
    else if (S_ISREG(info.st_mode)) visit_file(open(directory_.number(), name.c_str(), O_NOFOLLOW, path), path);
    else refuse_kind(shown(path), info.st_mode);
  }

  void visit_file(const descriptor& file, const std::string& path) {
    auto info = look_at(file, shown(path));
    if (!S_ISREG(info.st_mode)) refuse_kind(shown(path), info.st_mode);
    visitor_.about(attributes_of(info));
    visitor_.file(path, [&](std::span<std::byte> to) {
      std::size_t done = 0;
      while (done < to.size()) {
        auto n = files_.read(file.number(), to.data() + done, to.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw_unreadable(shown(path));
        if (n == 0) break;
        done += static_cast<std::size_t>(n);
      }
      return done;
    });
  }

  void visit_symlink(int directory, const char* name, const std::string& path, const struct ::stat& info) {
    std::string target(longest_target, '\0');
    auto size = ::readlinkat(directory, name, target.data(), target.size());
    if (size < 0) throw_unreadable(shown(path));
    visitor_.about(attributes_of(info));
    visitor_.symlink(path, std::string_view(target).substr(0, static_cast<std::size_t>(size)));
  }

  file_system& files_;
  const fs::path& root_path_;
  bool hidden_;
  const ignore_rules& ignore_;
  const std::stop_token& stop_;
  tree_visitor& visitor_;
  descriptor root_;
  descriptor directory_; ///< of the last frame
  std::vector<frame> frames_;
};

} // namespace

void walk_tree(file_system& files, const fs::path& root, bool hidden, const ignore_rules& ignore,
               const std::stop_token& stop, tree_visitor& visitor) {
  walk(files, root, hidden, ignore, stop, visitor).run();
}

} // namespace pillar::ipfs::engine
