/// The shape of sharded directories: where a name goes. Read and written alike.
///
/// A name's place comes from its hash, as many bits a level as the fanout has, the most significant first. (The UnixFS
/// specification says the least significant first, and another form of the bitfield; every implementation does this.)
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pillar::ipfs::engine {

class hamt_shape {
public:
  static constexpr unsigned hash_bits = 64;
  static constexpr std::size_t largest_fanout = 1024; ///< a greater one serves attacks only (CVE-2023-23625)

  /// Whether a shard may have this fanout: a power of 2, a multiple of 8, at most 1024.
  static bool allows(std::uint64_t fanout);

  explicit hamt_shape(std::size_t fanout); ///< an allowed one

  std::size_t fanout() const { return fanout_; }
  unsigned bits() const { return bits_; }             ///< of the hash, consumed by one level
  std::size_t prefix_size() const { return prefix_; } ///< characters of a bucket's number before a link's name

  static std::uint64_t hash(std::string_view name);

  /// The bucket of a hash in a shard above which `used` bits were consumed; used + bits() is at most 64.
  std::size_t index(std::uint64_t hash, unsigned used) const;

  /// A bucket's number as links carry it: "0A" of 256.
  std::string prefix(std::size_t index) const;

  /// The bucket's number that a link's name begins with; none when it is not in that form.
  std::optional<std::size_t> parse_prefix(std::string_view name) const;

private:
  std::size_t fanout_;
  unsigned bits_;
  std::size_t prefix_;
};

/// Which buckets of a shard are in use: a big-endian number without leading zero bytes.
class hamt_bitfield {
public:
  explicit hamt_bitfield(std::size_t fanout) : fanout_(fanout) {}

  /// None when it is longer than the fanout allows.
  static std::optional<hamt_bitfield> parse(std::size_t fanout, bytes_view data);

  void set(std::size_t index) { bits_.set(index); }
  bool test(std::size_t index) const { return bits_.test(index); }
  std::size_t count() const { return bits_.count(); }
  bytes to_bytes() const;

private:
  std::size_t fanout_;
  std::bitset<hamt_shape::largest_fanout> bits_;
};

} // namespace pillar::ipfs::engine
