#include "tools/notary/original_file.hpp"

#include "tools/notary/directory_scan.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace demo {

using ledger::original;

original_file::original_file(const std::filesystem::path& file)
    // O_NONBLOCK: a pipe in the file's place must not hang the one who opens it.
    : handle_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)) {
  struct stat s{};
  if (handle_ < 0) failed_ = errno == ENOENT || errno == ENOTDIR ? original::missing : original::unreadable;
  else if (::fstat(handle_, &s) != 0 || !S_ISREG(s.st_mode)) failed_ = original::unreadable;
}

original_file::original_file(original_file&& other) noexcept
    : handle_(std::exchange(other.handle_, -1)), failed_(other.failed_), differs_(other.differs_), read_(other.read_),
      buffer_(std::move(other.buffer_)) {}

original_file::~original_file() {
  if (handle_ >= 0) ::close(handle_);
}

void original_file::compare(const pillar::bytes& piece) {
  if (failed_ != original::same || differs_) return;
  buffer_.resize(piece.size());
  std::size_t got = 0;
  while (got < buffer_.size()) {
    auto n = ::pread(handle_, buffer_.data() + got, buffer_.size() - got, static_cast<off_t>(read_ + got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) failed_ = original::unreadable;
    if (n <= 0) break;
    got += static_cast<std::size_t>(n);
  }
  read_ += got;
  differs_ = got < piece.size() || !std::ranges::equal(buffer_, piece);
}

original original_file::outcome(const ledger::entry& recorded) {
  if (failed_ != original::same) return failed_;
  struct stat s{};
  bool same_size = ::fstat(handle_, &s) == 0 && static_cast<std::uint64_t>(s.st_size) == read_;
  if (!differs_ && same_size) return original::same;
  bool untouched = recorded.settled && stamp_of(s) == recorded.stamp;
  return untouched ? original::altered : original::changed;
}

} // namespace demo
