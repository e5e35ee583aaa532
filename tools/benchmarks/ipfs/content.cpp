#include "tools/benchmarks/ipfs/content.hpp"

#include "tools/benchmarks/ipfs/machine.hpp"

#include <algorithm>
#include <cstring>
#include <random>

namespace pillar::bench {

namespace {

constexpr std::size_t files_a_directory = 100;

std::uint64_t fresh_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

/// One step of splitmix64: makes seeds that differ little into states that differ much.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

} // namespace

noise::noise() : noise(fresh_seed()) {}

noise::noise(std::uint64_t seed) : a_(mixed(seed)), b_(mixed(a_) | 1) {}

std::uint64_t noise::next() {
  auto x = a_, y = b_;
  a_ = y;
  x ^= x << 23;
  b_ = x ^ y ^ (x >> 17) ^ (y >> 26);
  return b_ + y;
}

void noise::fill(std::span<std::byte> to) {
  while (!to.empty()) {
    auto word = next();
    auto size = std::min(to.size(), sizeof word);
    std::memcpy(to.data(), &word, size);
    to = to.subspan(size);
  }
}

bytes noise::take(std::size_t size) {
  bytes out(size);
  fill(out);
  return out;
}

std::vector<bytes> random_pieces(std::size_t count, std::size_t size) {
  noise source;
  std::vector<bytes> out(count);
  for (auto& piece : out) piece = source.take(size);
  return out;
}

void write_random_file(const std::filesystem::path& file, std::uint64_t size) {
  noise source;
  bytes piece(1 << 20);
  output_file out(file);
  while (size > 0) {
    auto part = std::span(piece).first(static_cast<std::size_t>(std::min<std::uint64_t>(size, piece.size())));
    source.fill(part);
    out.write(part);
    size -= part.size();
  }
  out.sync();
}

void write_random_tree(const std::filesystem::path& directory, std::size_t files, std::size_t size) {
  noise source;
  bytes content(size);
  for (std::size_t i = 0; i < files; ++i) {
    auto below = directory / ("directory-" + std::to_string(i / files_a_directory));
    if (i % files_a_directory == 0) std::filesystem::create_directories(below);
    source.fill(content);
    output_file(below / ("file-" + std::to_string(i))).write(content);
  }
  sync_file_system_of(directory);
}

} // namespace pillar::bench
