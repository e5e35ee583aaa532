#include "actors/ipfs/format/blake3.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t block_size = 64; // bytes
constexpr std::size_t lanes = 4;       // chunks hashed side by side: what 128-bit registers hold

enum flag : std::uint32_t { chunk_start = 1, chunk_end = 2, parent = 4, root = 8 };

constexpr std::array<std::uint32_t, 8> start{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

constexpr std::array<std::size_t, 16> permutation{2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};

/// The order in which each round takes the block's words: the permutation, applied once more by every round.
constexpr auto schedule = [] {
  std::array<std::array<std::uint8_t, 16>, 7> rounds{};
  for (std::size_t i = 0; i < 16; ++i) rounds[0][i] = static_cast<std::uint8_t>(i);
  for (std::size_t round = 1; round < rounds.size(); ++round)
    for (std::size_t i = 0; i < 16; ++i) rounds[round][i] = rounds[round - 1][permutation[i]];
  return rounds;
}();

/// The same word of several blocks.
using wide_word = std::uint32_t __attribute__((vector_size(4 * lanes)));

template <class Word> Word turn(Word value, int bits) {
  return value >> bits | value << (32 - bits);
}

template <class Word> void mix(std::array<Word, 16>& v, int a, int b, int c, int d, Word x, Word y) {
  v[a] = v[a] + v[b] + x;
  v[d] = turn<Word>(v[d] ^ v[a], 16);
  v[c] = v[c] + v[d];
  v[b] = turn<Word>(v[b] ^ v[c], 12);
  v[a] = v[a] + v[b] + y;
  v[d] = turn<Word>(v[d] ^ v[a], 8);
  v[c] = v[c] + v[d];
  v[b] = turn<Word>(v[b] ^ v[c], 7);
}

/// Takes one block into a chaining value; of several side by side when a word is a wide one.
template <class Word>
void compress(std::array<Word, 8>& value, const std::array<Word, 16>& block, Word counter_low, Word counter_high,
              std::size_t size, std::uint32_t flags) {
  const Word none = counter_low ^ counter_low;
  std::array<Word, 16> v;
  for (std::size_t i = 0; i < 8; ++i) v[i] = value[i];
  for (std::size_t i = 0; i < 4; ++i) v[8 + i] = none + start[i];
  v[12] = counter_low;
  v[13] = counter_high;
  v[14] = none + static_cast<std::uint32_t>(size);
  v[15] = none + flags;
  for (const auto& at : schedule) {
    mix<Word>(v, 0, 4, 8, 12, block[at[0]], block[at[1]]);
    mix<Word>(v, 1, 5, 9, 13, block[at[2]], block[at[3]]);
    mix<Word>(v, 2, 6, 10, 14, block[at[4]], block[at[5]]);
    mix<Word>(v, 3, 7, 11, 15, block[at[6]], block[at[7]]);
    mix<Word>(v, 0, 5, 10, 15, block[at[8]], block[at[9]]);
    mix<Word>(v, 1, 6, 11, 12, block[at[10]], block[at[11]]);
    mix<Word>(v, 2, 7, 8, 13, block[at[12]], block[at[13]]);
    mix<Word>(v, 3, 4, 9, 14, block[at[14]], block[at[15]]);
  }
  for (std::size_t i = 0; i < 8; ++i) value[i] = v[i] ^ v[8 + i];
}

std::uint32_t load_word(const std::byte* from) {
  std::uint32_t word = 0;
  std::memcpy(&word, from, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap32(word);
  return word;
}

/// The chaining value of a chunk of at most 1024 bytes.
std::array<std::uint32_t, 8> hash_chunk(bytes_view chunk, std::uint64_t number, std::uint32_t last_flags) {
  auto value = start;
  auto flags = std::uint32_t{chunk_start};
  do {
    std::array<std::byte, block_size> padded{};
    auto size = std::min(chunk.size(), block_size);
    std::ranges::copy(chunk.first(size), padded.begin());
    chunk = chunk.subspan(size);
    std::array<std::uint32_t, 16> block;
    for (std::size_t i = 0; i < 16; ++i) block[i] = load_word(&padded[4 * i]);
    if (chunk.empty()) flags |= chunk_end | last_flags;
    compress<std::uint32_t>(value, block, static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(number >> 32),
                            size, flags);
    flags = 0;
  } while (!chunk.empty());
  return value;
}

/// The chaining values of whole chunks that lie one after another, the first of them being number `number`.
std::array<std::array<std::uint32_t, 8>, lanes> hash_chunks(const std::byte* data, std::size_t chunk_size,
                                                            std::uint64_t number) {
  std::array<wide_word, 8> value;
  for (std::size_t i = 0; i < 8; ++i) value[i] = wide_word{} + start[i];
  wide_word low{};
  wide_word high{};
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    low[lane] = static_cast<std::uint32_t>(number + lane);
    high[lane] = static_cast<std::uint32_t>((number + lane) >> 32);
  }
  for (std::size_t at = 0; at < chunk_size; at += block_size) {
    std::array<wide_word, 16> block;
    for (std::size_t i = 0; i < 16; ++i)
      for (std::size_t lane = 0; lane < lanes; ++lane)
        block[i][lane] = load_word(data + lane * chunk_size + at + 4 * i);
    auto flags = (at == 0 ? chunk_start : 0u) | (at + block_size == chunk_size ? chunk_end : 0u);
    compress<wide_word>(value, block, low, high, block_size, flags);
  }
  std::array<std::array<std::uint32_t, 8>, lanes> out;
  for (std::size_t lane = 0; lane < lanes; ++lane)
    for (std::size_t i = 0; i < 8; ++i) out[lane][i] = value[i][lane];
  return out;
}

std::array<std::uint32_t, 8> hash_parent(const std::array<std::uint32_t, 8>& left,
                                         const std::array<std::uint32_t, 8>& right, std::uint32_t flags) {
  std::array<std::uint32_t, 16> block;
  std::ranges::copy(left, block.begin());
  std::ranges::copy(right, block.begin() + 8);
  auto value = start;
  compress<std::uint32_t>(value, block, 0, 0, block_size, parent | flags);
  return value;
}

} // namespace

/// Puts a chunk behind the others, and joins what has become whole by it.
void blake3_256::add_chunk(const chaining_value& value) {
  auto joined = value;
  auto depth = static_cast<std::size_t>(std::popcount(chunks_));
  for (auto left = chunks_; left & 1; left >>= 1) joined = hash_parent(subtrees_[--depth], joined, 0);
  subtrees_[depth] = joined;
  ++chunks_;
}

void blake3_256::update(bytes_view data) {
  while (!data.empty()) {
    if (held_ == chunk_size) { // and more comes: it is not the last one
      add_chunk(hash_chunk(chunk_, chunks_, 0));
      held_ = 0;
    }
    if (held_ == 0 && data.size() > lanes * chunk_size) {
      for (const auto& value : hash_chunks(data.data(), chunk_size, chunks_)) add_chunk(value);
      data = data.subspan(lanes * chunk_size);
      continue;
    }
    auto size = std::min(chunk_size - held_, data.size());
    std::memcpy(&chunk_[held_], data.data(), size);
    held_ += size;
    data = data.subspan(size);
  }
}

std::array<std::byte, 32> blake3_256::finish() {
  auto value = hash_chunk(bytes_view(chunk_).first(held_), chunks_, chunks_ == 0 ? root : 0u);
  for (auto depth = static_cast<std::size_t>(std::popcount(chunks_)); depth > 0; --depth)
    value = hash_parent(subtrees_[depth - 1], value, depth == 1 ? root : 0u);
  std::array<std::byte, 32> digest;
  for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<std::byte>(value[i / 4] >> 8 * (i % 4));
  return digest;
}

} // namespace pillar::ipfs::engine
