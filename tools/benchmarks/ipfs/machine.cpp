#include "tools/benchmarks/ipfs/machine.hpp"

#include "actors/ipfs/format/hasher.hpp"
#include "interfaces/error.hpp"
#include "tools/benchmarks/figures.hpp"
#include "tools/benchmarks/ipfs/content.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <exception>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace pillar::bench {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t block_size = 256 << 10; // as files are cut by default
constexpr std::size_t buffer_size = 64 << 20; // more than a processor's cache

/// A line of /proc/self/status that tells a size, in bytes.
std::uint64_t status_of_process(std::string_view name) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name) && line[name.size()] == ':') return std::stoull(line.substr(name.size() + 1)) << 10;
  throw failure(errc::unsupported, "/proc/self/status does not tell " + std::string(name));
}

} // namespace

output_file::output_file(const std::filesystem::path& file)
    : path_(file), descriptor_(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) throw failure_of_errno(errno, "cannot make the file \"" + path_.string() + '"');
}

output_file::~output_file() {
  ::close(descriptor_);
}

void output_file::write(ipfs::engine::bytes_view data) {
  while (!data.empty()) {
    auto n = ::write(descriptor_, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw failure_of_errno(errno, "cannot write the file \"" + path_.string() + '"');
    data = data.subspan(static_cast<std::size_t>(n));
  }
}

void output_file::sync() {
  if (::fdatasync(descriptor_) != 0) throw failure_of_errno(errno, "cannot sync the file \"" + path_.string() + '"');
}

void sync_file_system_of(const std::filesystem::path& place) {
  auto descriptor = ::open(place.c_str(), O_RDONLY | O_CLOEXEC);
  auto error = descriptor < 0 || ::syncfs(descriptor) != 0 ? errno : 0;
  if (descriptor >= 0) ::close(descriptor);
  if (error != 0) throw failure_of_errno(error, "cannot sync the file system of \"" + place.string() + '"');
}

double seconds_of(const std::function<void()>& work) {
  auto begin = clock::now();
  work();
  return std::chrono::duration<double>(clock::now() - begin).count();
}

double in_microseconds(clock::duration d) {
  return std::chrono::duration<double, std::micro>(d).count();
}

void in_threads(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::vector<std::exception_ptr> thrown(count);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i)
    threads.emplace_back([&, i] {
      try {
        work(i);
      } catch (...) {
        thrown[i] = std::current_exception();
      }
    });
  for (auto& t : threads) t.join();
  for (auto& e : thrown)
    if (e) std::rethrow_exception(e);
}

double hash_rate(std::uint64_t size) {
  auto buffer = noise().take(buffer_size);
  std::atomic<std::uint64_t> next = 0;
  auto blocks = std::max<std::uint64_t>(1, size / block_size);
  auto took = seconds_of([&] {
    in_threads(std::max(1u, std::thread::hardware_concurrency()), [&](std::size_t) {
      for (std::uint64_t i; (i = next++) < blocks;)
        ipfs::engine::hash_of(ipfs::engine::hash_function::sha2_256,
                              std::span(buffer).subspan(i % (buffer_size / block_size) * block_size, block_size));
    });
  });
  return static_cast<double>(blocks * block_size) / took;
}

double durable_write_rate(const std::filesystem::path& directory, std::uint64_t size) {
  constexpr std::size_t piece = 1 << 20;
  auto buffer = noise().take(buffer_size);
  auto file = directory / "written";
  auto took = seconds_of([&] {
    output_file out(file);
    for (std::uint64_t done = 0; done < size; done += piece)
      out.write(std::span(buffer).subspan(done % buffer_size, std::min<std::uint64_t>(piece, size - done)));
    out.sync();
  });
  std::filesystem::remove(file);
  return static_cast<double>(size) / took;
}

std::uint64_t resident_memory() {
  ::malloc_trim(0);
  return status_of_process("VmRSS");
}

std::uint64_t peak_memory() {
  return status_of_process("VmHWM");
}

void forget_peak() {
  std::ofstream out("/proc/self/clear_refs");
  if (!(out << '5' << std::flush))
    throw failure(errc::unsupported, "the peak of the memory cannot be measured here: /proc/self/clear_refs cannot be "
                                     "written");
}

void require_space(const std::filesystem::path& directory, std::uint64_t bytes) {
  auto wanted = bytes + bytes / 8 + (256 << 20); // what stores need beside the content, and room for others
  auto there = std::filesystem::space(directory).available;
  if (there >= wanted) return;
  auto megabytes = [](std::uint64_t b) { return grouped(static_cast<double>(b) / 1e6) + " MB"; };
  throw failure(errc::storage_full, "needs " + megabytes(wanted) + " in \"" + directory.string() + "\", and only "
                                        + megabytes(there)
                                        + " are free: choose another place with --directory, or less data");
}

} // namespace pillar::bench
