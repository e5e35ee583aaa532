#include "actors/ipfs/store/ballast.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace pillar::ipfs::engine {
namespace {

constexpr std::uint64_t part_of_disk = 16;    // that a small disk spares
constexpr std::uint64_t part_for_records = 4; // of the ballast's room, when it was given up

} // namespace

ballast::ballast(file_system& files, const std::filesystem::path& file, std::uint64_t size)
    : files_(files), path_(file), file_(files.open(AT_FDCWD, file.c_str(), O_RDWR | O_CREAT, 0644)), target_(size) {
  std::error_code none;
  if (auto disk = std::filesystem::space(file.parent_path(), none); !none)
    target_ = std::min<std::uint64_t>(target_, disk.capacity / part_of_disk);
  struct ::stat info{};
  if (file_ && ::fstat(file_.number(), &info) == 0) size_ = static_cast<std::uint64_t>(info.st_size);
}

ballast::use::use(ballast& of) : ballast_(of) {
  std::lock_guard lock(of.mutex_);
  ++of.uses_;
}

ballast::use::~use() {
  std::lock_guard lock(ballast_.mutex_);
  if (--ballast_.uses_ > 0) return;
  ballast_.grow_as_far_as_possible();
  ballast_.given_up_ = false;
}

/// Whether there is room now that was not there when the ballast had been given up so many times.
bool ballast::give_up(unsigned times_before) {
  std::lock_guard lock(mutex_);
  if (times_given_up_ != times_before) return true; // somebody else did just now
  if (uses_ == 0 || size_ == 0 || files_.ftruncate(file_.number(), 0) != 0) return false;
  size_ = 0;
  given_up_ = true;
  ++times_given_up_;
  return true;
}

void ballast::restore() {
  std::lock_guard lock(mutex_);
  if (!given_up_) return;
  std::error_code none;
  auto disk = std::filesystem::space(path_.parent_path(), none);
  if (none || disk.available < 2 * target_ || !grow(target_ - size_)) return;
  given_up_ = false;
}

bool ballast::spares(std::uint64_t bytes) const {
  std::error_code none;
  auto disk = std::filesystem::space(path_.parent_path(), none);
  return none || disk.available >= bytes + (given_up_ ? target_ / part_for_records : 0);
}

/// Whether the file has so many bytes more now; else it is as it was, and errno says why.
bool ballast::grow(std::uint64_t bytes) {
  auto end = size_ + bytes;
  auto error = 0;
  if (files_.fallocate(file_.number(), 0, static_cast<off_t>(size_), static_cast<off_t>(bytes)) != 0) error = errno;
  if (error == EOPNOTSUPP) {
    static const std::array<std::byte, 64 << 10> zeros{};
    error = 0;
    for (auto at = size_; at < end && error == 0;) {
      iovec part{const_cast<std::byte*>(zeros.data()), std::min<std::size_t>(zeros.size(), end - at)}; // only read
      auto n = files_.pwritev(file_.number(), &part, 1, static_cast<off_t>(at));
      if (n > 0) at += static_cast<std::uint64_t>(n);
      else if (n == 0 || errno != EINTR) error = n == 0 ? EIO : errno;
    }
  }
  if (error == 0) size_ = end;
  else (void)files_.ftruncate(file_.number(), static_cast<off_t>(size_));
  errno = error;
  return error == 0;
}

void ballast::grow_as_far_as_possible() {
  if (!file_) return;
  const auto least = std::max<std::uint64_t>(target_ / 4096, 1); // a smaller piece is not worth the call
  for (auto piece = target_; size_ < target_ && piece >= least;) {
    if (grow(std::min(piece, target_ - size_))) continue;
    if (errno != ENOSPC && errno != EDQUOT) return;
    piece /= 2;
  }
}

} // namespace pillar::ipfs::engine
