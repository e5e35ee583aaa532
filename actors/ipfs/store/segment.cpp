#include "actors/ipfs/store/segment.hpp"

#include "interfaces/error.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>

namespace pillar::ipfs::engine {
namespace {

constexpr std::uint64_t page = 4096;           // of the usual file system
constexpr std::uint64_t least_hole = 16 << 10; // bytes: below, a file's extents would cost more than is won

constexpr std::size_t most_open = 256; // segments; a process may usually open 1024 files

bool all_zero(bytes_view data) {
  return std::ranges::all_of(data, [](auto b) { return b == std::byte{0}; });
}

} // namespace

std::uint64_t segment_file::size() const {
  struct ::stat info{};
  if (::fstat(file_.number(), &info) != 0) throw_errno("cannot read", path_);
  return static_cast<std::uint64_t>(info.st_size);
}

std::size_t segment_file::read(std::span<std::byte> to, std::uint64_t offset) const {
  std::size_t done = 0;
  while (done < to.size()) {
    auto n = files_.pread(file_.number(), to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("cannot read", path_);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

void segment_file::write(std::span<iovec> parts, std::uint64_t offset) {
  while (!parts.empty()) {
    auto n = files_.pwritev(file_.number(), parts.data(), static_cast<int>(parts.size()), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("cannot write", path_);
    auto written = static_cast<std::size_t>(n);
    offset += written;
    while (!parts.empty() && written >= parts[0].iov_len) {
      written -= parts[0].iov_len;
      parts = parts.subspan(1);
    }
    if (!parts.empty()) {
      parts[0].iov_base = static_cast<std::byte*>(parts[0].iov_base) + written;
      parts[0].iov_len -= written;
    }
  }
}

void segment_file::truncate(std::uint64_t size) {
  if (files_.ftruncate(file_.number(), static_cast<off_t>(size)) != 0) throw_errno("cannot cut", path_);
}

std::uint64_t segment_file::punch(const block_location& where) {
  auto [offset, size] = hole_of(where);
  if (size == 0) return 0;
  if (files_.fallocate(file_.number(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                       static_cast<off_t>(size))
      == 0)
    return size;
  if (errno == EOPNOTSUPP) return 0;
  throw_errno("cannot cut a hole into", path_);
}

hole hole_of(const block_location& where) {
  auto begin = (where.offset + page - 1) / page * page;
  auto end = (where.offset + where.size) / page * page;
  if (end < begin + least_hole) return {};
  return {begin, end - begin};
}

bool is_punched(const block_location& where, bytes_view block) {
  auto [offset, size] = hole_of(where);
  return size > 0 && block.size() == where.size && all_zero(block.subspan(offset - where.offset, size));
}

void segment_file::sync() {
  if (files_.fdatasync(file_.number()) != 0) throw_errno("cannot sync", path_);
}

std::filesystem::path segment_directory::path_of(std::uint32_t number) const {
  char name[32];
  std::snprintf(name, sizeof name, "%04u.car", number);
  return directory_ / name;
}

std::uint64_t segment_directory::bytes_of(std::uint32_t number) const {
  return allocated_bytes(path_of(number));
}

std::vector<std::uint32_t> segment_directory::numbers() const {
  std::vector<std::uint32_t> out;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    if (entry.path().extension() != ".car") continue;
    auto stem = entry.path().stem().string();
    std::uint32_t number = 0;
    auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
    if (error == std::errc() && end == stem.data() + stem.size() && path_of(number) == entry.path())
      out.push_back(number);
  }
  std::ranges::sort(out);
  return out;
}

std::shared_ptr<segment_file> segment_directory::open(std::uint32_t number) {
  std::lock_guard lock(mutex_);
  if (auto at = open_.find(number); at != open_.end()) return at->second;
  auto path = path_of(number);
  auto file = open_file(files_, AT_FDCWD, path, O_RDONLY, 0, "cannot open");
  if (open_.size() >= most_open) open_.erase(open_.begin());
  return open_[number] = std::make_shared<segment_file>(files_, path, number, std::move(file));
}

std::shared_ptr<segment_file> segment_directory::open_for_appending(std::uint32_t number) {
  auto path = path_of(number);
  return std::make_shared<segment_file>(files_, path, number,
                                        open_file(files_, AT_FDCWD, path, O_RDWR, 0, "cannot open"));
}

std::shared_ptr<segment_file> segment_directory::create(std::uint32_t number) {
  auto path = path_of(number);
  auto file = open_file(files_, AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL, 0644, "cannot create");
  auto segment = std::make_shared<segment_file>(files_, path, number, std::move(file));
  auto header = rootless_car_header();
  iovec part{const_cast<std::byte*>(header.data()), header.size()}; // writev only reads it
  try {
    segment->write({&part, 1}, 0);
  } catch (...) {
    files_.unlink(AT_FDCWD, path.c_str(), 0);
    throw;
  }
  return segment;
}

std::uint64_t segment_directory::remove(std::uint32_t number) {
  std::lock_guard lock(mutex_);
  auto path = path_of(number);
  auto size = bytes_of(number);
  if (files_.unlink(AT_FDCWD, path.c_str(), 0) != 0 && errno != ENOENT) throw_errno("cannot remove", path);
  open_.erase(number);
  return size;
}

scanned_segment scan_segment(
    const segment_file& segment, std::uint64_t from,
    const std::function<void(const content_id& id, block_location where, bytes_view block, bool sound)>& found) {
  const auto size = segment.size();
  const auto header = rootless_car_header();
  bytes window;
  std::uint64_t begin = 0; // of the window
  auto look = [&](std::uint64_t at, std::size_t wanted) {
    wanted = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, size - at));
    if (at < begin || at + wanted > begin + window.size()) {
      constexpr std::size_t ahead = 4 << 20;
      window.resize(static_cast<std::size_t>(std::min<std::uint64_t>(std::max(wanted, ahead), size - at)));
      window.resize(segment.read(window, at));
      begin = at;
    }
    return bytes_view(window).subspan(static_cast<std::size_t>(at - begin));
  };

  scanned_segment out{.readable = std::max<std::uint64_t>(from, header.size())};
  if (from < header.size()) {
    if (size < header.size()) return {segment_end::torn, 0};
    if (text_of(look(0, header.size())).substr(0, header.size()) != text_of(header))
      return {segment_end::unreadable, 0};
  }
  while (out.readable < size) {
    auto left = size - out.readable;
    auto parsed = parse_section(look(out.readable, longest_section_head));
    if (parsed.state == section_state::unreadable) {
      out.end = left <= largest_block && all_zero(look(out.readable, left).first(left)) ? segment_end::torn
                                                                                        : segment_end::unreadable;
      return out;
    }
    const auto& frame = parsed.frame;
    if (parsed.state == section_state::cut_off || frame.size() > left) {
      out.end = segment_end::torn;
      return out;
    }
    auto section = look(out.readable, frame.size());
    if (section.size() < frame.size())
      throw failure(errc::io_error, segment.path().string() + " shrinks as it is read");
    auto block = section.subspan(frame.head_size, frame.block_size);
    block_location where{segment.number(), static_cast<std::uint32_t>(frame.block_size),
                         out.readable + frame.head_size};
    bool sound = is_known(frame.id.hash().function()) && hash_of(frame.id.hash().function(), block) == frame.id.hash();
    found(frame.id, where, block, sound);
    out.readable += frame.size();
  }
  return out;
}

} // namespace pillar::ipfs::engine
