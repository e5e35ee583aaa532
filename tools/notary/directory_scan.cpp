#include "tools/notary/directory_scan.hpp"

#include "interfaces/error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace demo {

namespace {

using pillar::failure;
using pillar::failure_of_errno;

constexpr std::string_view cache_signature = "Signature: 8a477f597d28d172789f06886806bc55";

/// A device and inode: the same for every name of a directory.
struct identity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const identity&) const = default;
};

identity identity_of(const struct stat& s) {
  return {s.st_dev, s.st_ino};
}

std::chrono::nanoseconds since_1970(const timespec& t) {
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

bool has_gone(int error) {
  return error == ENOENT || error == ENOTDIR;
}

struct open_directory {
  DIR* listing;
  ~open_directory() { ::closedir(listing); }
};

/// One directory after the other, without recursion: a tree may be deep.
class scanner {
public:
  scanner(const std::filesystem::path& root, const std::filesystem::path& own_data, const std::stop_token& stop)
      : root_(root), stop_(stop) {
    struct stat s{};
    if (!own_data.empty() && ::stat(own_data.c_str(), &s) == 0) own_data_ = identity_of(s);
    if (::stat(root_.c_str(), &s) != 0) throw failure_of_errno(errno, "cannot look at the directory " + root_.string());
    device_ = s.st_dev;
  }

  directory_scan run() {
    list("", true);
    while (!to_list_.empty() && !stop_.stop_requested()) {
      auto name = std::move(to_list_.back());
      to_list_.pop_back();
      list(name, false);
    }
    std::ranges::sort(found_.files, {}, &found_file::name);
    return std::move(found_);
  }

private:
  void list(const std::string& below, bool is_root) {
    auto path = below.empty() ? root_ : root_ / below;
    // O_NOFOLLOW: somebody may have put a link in the place of a directory since it was seen.
    int handle = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | (is_root ? 0 : O_NOFOLLOW));
    if (handle < 0) {
      if (is_root) throw failure_of_errno(errno, "cannot list the directory " + path.string());
      if (!has_gone(errno) && errno != ELOOP) trouble(below, errno, "cannot list this directory");
      return;
    }
    if (!is_root && is_cache(handle)) {
      ++found_.left_out.caches;
      ::close(handle);
      return;
    }
    DIR* listing = ::fdopendir(handle);
    if (!listing) {
      trouble(below, errno, "cannot list this directory");
      ::close(handle);
      return;
    }
    open_directory owner{listing};
    errno = 0;
    for (dirent* one; (one = ::readdir(listing)) != nullptr; errno = 0) {
      std::string_view name = one->d_name;
      if (name != "." && name != "..") look_at(handle, below, name);
    }
    if (errno != 0) trouble(below, errno, "cannot list all of this directory");
  }

  void look_at(int directory, const std::string& below, std::string_view last) {
    auto& out = found_.left_out;
    if (last.front() == '.') {
      ++out.hidden;
      return;
    }
    auto name = below.empty() ? std::string(last) : below + '/' + std::string(last);
    struct stat s{};
    if (::fstatat(directory, std::string(last).c_str(), &s, AT_SYMLINK_NOFOLLOW) != 0) {
      if (!has_gone(errno)) trouble(name, errno, "cannot examine this");
    } else if (S_ISREG(s.st_mode)) {
      found_.files.push_back({std::move(name), stamp_of(s)});
    } else if (S_ISDIR(s.st_mode)) {
      if (identity_of(s) == own_data_) ++out.caches;
      else if (s.st_dev != device_) ++out.elsewhere;
      else to_list_.push_back(std::move(name));
    } else if (S_ISLNK(s.st_mode)) {
      ++out.links;
    } else {
      ++out.special;
    }
  }

  static bool is_cache(int directory) {
    int tag = ::openat(directory, "CACHEDIR.TAG", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (tag < 0) return false;
    std::array<char, cache_signature.size()> text{};
    auto size = ::read(tag, text.data(), text.size());
    ::close(tag);
    return size == static_cast<ssize_t>(text.size()) && std::string_view(text.data(), text.size()) == cache_signature;
  }

  void trouble(const std::string& name, int error, std::string_view what) {
    found_.troubles.push_back({name.empty() ? "." : name, failure_of_errno(error, what).message()});
  }

  std::filesystem::path root_;
  std::stop_token stop_;
  std::optional<identity> own_data_;
  dev_t device_ = 0;
  std::vector<std::string> to_list_;
  directory_scan found_;
};

} // namespace

directory_scan scan_directory(const std::filesystem::path& directory, const std::filesystem::path& own_data,
                              const std::stop_token& stop) {
  return scanner(directory, own_data, stop).run();
}

ledger::stamp stamp_of(const struct stat& s) {
  return {static_cast<std::uint64_t>(s.st_size), since_1970(s.st_mtim), since_1970(s.st_ctim)};
}

std::optional<ledger::stamp> stamp_of(const std::filesystem::path& file) {
  struct stat s{};
  if (::lstat(file.c_str(), &s) == 0) {
    if (!S_ISREG(s.st_mode)) return std::nullopt;
    return stamp_of(s);
  }
  if (has_gone(errno)) return std::nullopt;
  throw failure_of_errno(errno, "cannot examine " + file.string());
}

} // namespace demo
