#include "actors/ipfs/format/blake2b.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace pillar::ipfs::engine {
namespace {

constexpr std::array<std::uint64_t, 8> start{
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

constexpr std::uint8_t order[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

std::uint64_t little_endian(const std::byte* at) {
  std::uint64_t word = 0;
  for (int i = 7; i >= 0; --i) word = word << 8 | std::to_integer<std::uint64_t>(at[i]);
  return word;
}

} // namespace

blake2b_256::blake2b_256() : state_(start) {
  state_[0] ^= 0x01010000 ^ 32; // one tree of fanout and depth 1, no key, 32 bytes
}

void blake2b_256::compress(bool last) {
  std::uint64_t words[16];
  for (std::size_t i = 0; i < 16; ++i) words[i] = little_endian(&block_[i * 8]);
  std::uint64_t v[16];
  std::ranges::copy(state_, v);
  std::ranges::copy(start, v + 8);
  v[12] ^= total_;
  if (last) v[14] = ~v[14];
  auto mix = [&](int a, int b, int c, int d, std::uint64_t x, std::uint64_t y) {
    v[a] += v[b] + x, v[d] = std::rotr(v[d] ^ v[a], 32);
    v[c] += v[d], v[b] = std::rotr(v[b] ^ v[c], 24);
    v[a] += v[b] + y, v[d] = std::rotr(v[d] ^ v[a], 16);
    v[c] += v[d], v[b] = std::rotr(v[b] ^ v[c], 63);
  };
  for (int round = 0; round < 12; ++round) {
    const auto* s = order[round % 10];
    for (int i = 0; i < 4; ++i) mix(i, i + 4, i + 8, i + 12, words[s[2 * i]], words[s[2 * i + 1]]);
    for (int i = 0; i < 4; ++i)
      mix(i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12, words[s[2 * i + 8]], words[s[2 * i + 9]]);
  }
  for (std::size_t i = 0; i < 8; ++i) state_[i] ^= v[i] ^ v[i + 8];
}

void blake2b_256::update(bytes_view data) {
  while (!data.empty()) {
    if (held_ == block_.size()) { // only once more follows: the last block is compressed differently
      total_ += held_;
      compress(false);
      held_ = 0;
    }
    auto taken = std::min(data.size(), block_.size() - held_);
    std::memcpy(&block_[held_], data.data(), taken);
    held_ += taken;
    data = data.subspan(taken);
  }
}

std::array<std::byte, 32> blake2b_256::finish() {
  std::fill(block_.begin() + static_cast<std::ptrdiff_t>(held_), block_.end(), std::byte{0});
  total_ += held_;
  compress(true);
  std::array<std::byte, 32> digest;
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::byte>(state_[i / 8] >> (8 * (i % 8)) & 0xff);
  return digest;
}

} // namespace pillar::ipfs::engine
