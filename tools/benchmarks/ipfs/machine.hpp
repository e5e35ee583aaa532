/// What the machine itself reaches, and what this process takes of it.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>

namespace pillar::bench {

/// A file that is made anew. Errors: storage_full, io_error.
class output_file {
public:
  explicit output_file(const std::filesystem::path& file);
  output_file(const output_file&) = delete;
  output_file& operator=(const output_file&) = delete;
  ~output_file();
  void write(ipfs::engine::bytes_view data);
  void sync(); ///< returns when the disk has it

private:
  std::filesystem::path path_;
  int descriptor_;
};

/// Writes back everything that lies on the file system of this file or directory.
void sync_file_system_of(const std::filesystem::path& place);

/// How long it takes.
double seconds_of(const std::function<void()>& work);

double in_microseconds(std::chrono::steady_clock::duration d);

/// Runs it in so many threads, each with its number, and returns when all have ended. Throws what one of them threw.
void in_threads(std::size_t count, const std::function<void(std::size_t)>& work);

/// SHA-256 in blocks of 256 KiB, in a thread for each core: bytes a second.
double hash_rate(std::uint64_t size);

/// One file written from its beginning to its end, and synced: bytes a second.
double durable_write_rate(const std::filesystem::path& directory, std::uint64_t size);

/// Bytes of memory that this process has at this moment, after the heap gave back what it does not use.
std::uint64_t resident_memory();

/// The most that it had since `forget_peak`.
std::uint64_t peak_memory();
void forget_peak();

/// Throws storage_full unless so many bytes fit into the directory, and some more.
void require_space(const std::filesystem::path& directory, std::uint64_t bytes);

} // namespace pillar::bench
