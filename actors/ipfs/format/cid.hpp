/// Content identifiers: a hash of the content, with the function that made it and the codec that reads the content
/// (github.com/multiformats/cid). Whatever is parsed here is checked strictly: it may come from anywhere.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"
#include "actors/ipfs/format/multibase.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace pillar::ipfs::engine {

/// How a block's bytes are to be read. Any number may occur; these have a meaning here.
enum class codec : std::uint64_t { raw = 0x55, dag_pb = 0x70 };

/// How a block's bytes were hashed. Any number may occur; these can be computed here.
enum class hash_function : std::uint64_t {
  identity = 0x00,
  sha2_256 = 0x12,
  sha2_512 = 0x13,
  sha3_256 = 0x16,
  blake3 = 0x1e,
  blake2b_256 = 0xb220,
};

/// A digest with the function that made it. Blocks are stored under it: CIDs of either version and any codec that
/// share it mean the same bytes.
class multihash {
public:
  multihash() = default;
  multihash(hash_function function, bytes_view digest);

  hash_function function() const { return function_; }
  bytes_view digest() const& { return view_of(data_).last(digest_size_); }
  bytes_view digest() && = delete;                   ///< it would lie in a hash that is gone
  bytes_view data() const { return view_of(data_); } ///< the binary form: function, length, digest

  auto operator<=>(const multihash& other) const { return data_ <=> other.data_; }
  bool operator==(const multihash& other) const { return data_ == other.data_; }

private:
  friend struct std::hash<multihash>;

  hash_function function_ = hash_function::identity;
  std::size_t digest_size_ = 0;
  std::string data_;
};

inline constexpr std::size_t longest_cid = 168; ///< bytes in binary form; what the block exchange of IPFS accepts

class content_id {
public:
  content_id() = default; ///< no CID: equal to itself only, and not to be formatted
  content_id(unsigned version, engine::codec codec, multihash hash);

  /// From text: CIDv0 ("Qm...", 46 characters) or CIDv1 in any common multibase. Throws bad_request.
  static content_id parse(std::string_view text);

  /// From its binary form, the whole of it. Throws damaged.
  static content_id from_bytes(bytes_view data);

  /// Takes the binary form off the front of `data`. Throws damaged.
  static content_id take(bytes_view& data);

  unsigned version() const { return version_; }
  engine::codec codec() const { return codec_; }
  const multihash& hash() const { return hash_; }

  /// The usual text: base58 without a prefix for version 0, base32 for version 1.
  std::string to_string() const;

  /// In a given base, as version 1: no base but the usual one has a version 0.
  std::string to_string(base b) const;

  std::size_t size() const; ///< of the binary form
  void append_to(bytes& out) const;

  auto operator<=>(const content_id&) const = default;
  bool operator==(const content_id&) const = default;

private:
  unsigned version_ = 0;
  engine::codec codec_ = engine::codec::dag_pb;
  multihash hash_;
};

} // namespace pillar::ipfs::engine

template <> struct std::hash<pillar::ipfs::engine::multihash> {
  std::size_t operator()(const pillar::ipfs::engine::multihash& h) const noexcept {
    return std::hash<std::string>{}(h.data_);
  }
};
