#include "tools/notary/tampering.hpp"

#include "interfaces/error.hpp"
#include "tools/notary/text_table.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace demo {

namespace fs = std::filesystem;
using pillar::errc;
using pillar::failure;
using pillar::failure_of_errno;

namespace {

/// An open file, closed at the end.
class open_file {
public:
  open_file(const fs::path& file, int flags) : number_(::open(file.c_str(), flags | O_CLOEXEC)) {
    if (number_ < 0) throw failure_of_errno(errno, "cannot open " + file.string());
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() { ::close(number_); }
  int number() const { return number_; }

private:
  int number_;
};

/// A whole file in memory, as long as the object.
class mapped_file {
public:
  explicit mapped_file(const fs::path& file) {
    open_file from(file, O_RDONLY);
    struct stat s{};
    if (::fstat(from.number(), &s) != 0) throw failure_of_errno(errno, "cannot examine " + file.string());
    size_ = static_cast<std::size_t>(s.st_size);
    if (size_ == 0) return;
    auto* at = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, from.number(), 0);
    if (at == MAP_FAILED) throw failure_of_errno(errno, "cannot read " + file.string());
    data_ = static_cast<const std::byte*>(at);
  }
  mapped_file(const mapped_file&) = delete;
  mapped_file& operator=(const mapped_file&) = delete;
  ~mapped_file() {
    if (data_) ::munmap(const_cast<std::byte*>(data_), size_);
  }
  std::span<const std::byte> content() const { return {data_, size_}; }

private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

template <class Work> auto guarded(const Work& work) {
  try {
    return work();
  } catch (...) {
    throw pillar::to_failure(std::current_exception());
  }
}

} // namespace

temporary_directory::temporary_directory(std::string_view prefix) {
  auto name = guarded([] { return fs::temp_directory_path(); }) / (std::string(prefix) + "-XXXXXX");
  auto text = name.string();
  if (!::mkdtemp(text.data())) throw failure_of_errno(errno, "cannot make a directory " + name.string());
  path_ = text;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  if (!kept_) fs::remove_all(path_, ignored);
}

void copy_data(const fs::path& from, const fs::path& to) {
  guarded([&] {
    std::uint64_t size = 0;
    for (auto& one : fs::recursive_directory_iterator(from))
      if (one.is_regular_file()) size += one.file_size();
    auto room = fs::space(to).available;
    if (room < size)
      throw failure(errc::storage_full, "a copy of the data takes " + size_text(size) + ", and there is room for "
                                            + size_text(room) + " in " + to.parent_path().string()
                                            + ": name another place in TMPDIR");
    fs::copy(from, to, fs::copy_options::recursive);
  });
}

std::optional<byte_place> find_bytes(const fs::path& directory, std::span<const std::byte> wanted) {
  return guarded([&]() -> std::optional<byte_place> {
    for (auto& one : fs::recursive_directory_iterator(directory)) {
      if (!one.is_regular_file()) continue;
      mapped_file file(one.path());
      auto all = file.content();
      if (auto* at = ::memmem(all.data(), all.size(), wanted.data(), wanted.size()))
        return byte_place{one.path(), static_cast<std::uint64_t>(static_cast<const std::byte*>(at) - all.data())};
    }
    return std::nullopt;
  });
}

void change_byte(const byte_place& at) {
  open_file file(at.file, O_RDWR);
  auto offset = static_cast<off_t>(at.offset);
  unsigned char byte = 0;
  if (::pread(file.number(), &byte, 1, offset) != 1)
    throw failure_of_errno(errno, "cannot read byte " + std::to_string(at.offset) + " of " + at.file.string());
  byte ^= 1;
  if (::pwrite(file.number(), &byte, 1, offset) != 1)
    throw failure_of_errno(errno, "cannot change byte " + std::to_string(at.offset) + " of " + at.file.string());
}

} // namespace demo
