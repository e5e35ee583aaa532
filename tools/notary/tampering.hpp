/// A copy of a node's data in which one byte is changed, as a failing disk would do it.
#pragma once

#include "interfaces/interface.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

namespace demo {

/// A directory under the system's place for temporary files that nobody else can enter.
class temporary_directory {
public:
  /// "/tmp/PREFIX-x1Y2z3". Throws failure.
  explicit temporary_directory(std::string_view prefix);
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  /// Removes it with everything in it, unless it is to be kept.
  ~temporary_directory();

  const std::filesystem::path& path() const { return path_; }
  void keep() { kept_ = true; }

private:
  std::filesystem::path path_;
  bool kept_ = false;
};

/// Copies the data of a node that is stopped into an existing directory. Throws failure: storage_full (before anything
/// is copied, when there is not enough room), io_error...
void copy_data(const std::filesystem::path& from, const std::filesystem::path& to);

struct byte_place {
  std::filesystem::path file;
  std::uint64_t offset = 0;
};

/// Where these bytes stand in a file below `directory`; none if in no file. Throws failure.
std::optional<byte_place> find_bytes(const std::filesystem::path& directory, std::span<const std::byte> wanted);

/// Flips the lowest bit of the byte. Throws failure.
void change_byte(const byte_place& at);

} // namespace demo
