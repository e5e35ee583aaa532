#include "actors/ipfs/format/cid.hpp"

#include "actors/ipfs/format/varint.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t shortest_digest = 20; // bytes; what Kubo accepts: shorter ones can be collided with
constexpr std::size_t longest_digest = 128;
constexpr std::size_t v0_size = 34;
constexpr std::size_t v0_characters = 46;
constexpr std::size_t longest_text = longest_cid * 8 + 1; // in base 2

[[noreturn]] void malformed(std::string_view why) {
  throw failure(errc::damaged, "malformed CID: " + std::string(why));
}

/// The length of a function's digest; 0 when it is not fixed, or the function unknown.
std::size_t digest_size(hash_function f) {
  switch (f) {
    case hash_function::sha2_256:
    case hash_function::sha3_256:
    case hash_function::blake2b_256:
    case hash_function::blake3: return 32;
    case hash_function::sha2_512: return 64;
    case hash_function::identity: break;
  }
  return 0;
}

bool is_v0(bytes_view data) {
  return data.size() >= v0_size && data[0] == std::byte{0x12} && data[1] == std::byte{0x20};
}

std::uint64_t take_number(bytes_view& data, std::string_view what) {
  auto number = take_varint(data);
  if (!number) malformed(std::string(what) + " is no proper varint");
  return *number;
}

multihash take_multihash(bytes_view& data) {
  auto function = static_cast<hash_function>(take_number(data, "the hash function"));
  auto size = take_number(data, "the length of the digest");
  if (size > data.size()) malformed("the digest is cut off");
  if (size > longest_digest) malformed("the digest is longer than 128 bytes");
  if (function != hash_function::identity && size < shortest_digest) malformed("the digest is shorter than 20 bytes");
  if (auto fixed = digest_size(function); fixed && size != fixed) malformed("the digest has not its function's length");
  multihash hash(function, data.first(size));
  data = data.subspan(size);
  return hash;
}

} // namespace

multihash::multihash(hash_function function, bytes_view digest) : function_(function), digest_size_(digest.size()) {
  bytes head;
  append_varint(head, static_cast<std::uint64_t>(function));
  append_varint(head, digest.size());
  data_.reserve(head.size() + digest.size());
  data_ += text_of(head);
  data_ += text_of(digest);
}

content_id::content_id(unsigned version, engine::codec codec, multihash hash)
    : version_(version), codec_(codec), hash_(std::move(hash)) {}

content_id content_id::take(bytes_view& data) {
  if (is_v0(data)) return {0, codec::dag_pb, take_multihash(data)};
  auto before = data.size();
  if (take_number(data, "the version") != 1) malformed("the version is neither 0 nor 1");
  auto codec = static_cast<engine::codec>(take_number(data, "the codec"));
  content_id id(1, codec, take_multihash(data));
  if (before - data.size() > longest_cid) malformed("longer than 168 bytes");
  return id;
}

content_id content_id::from_bytes(bytes_view data) {
  auto id = take(data);
  if (!data.empty()) malformed("bytes follow the digest");
  return id;
}

content_id content_id::parse(std::string_view text) {
  auto refuse = [&](std::string_view why) {
    return failure(errc::bad_request,
                   in_quotes(text) + " is no CID: " + std::string(why) + ": give one such as \"Qm...\" or \"bafy...\"");
  };
  if (text.empty()) throw refuse("it is empty");
  if (text.size() > longest_text) throw refuse("it is too long");
  if (text.starts_with("Qm")) {
    if (text.size() != v0_characters)
      throw refuse("version 0 has 46 characters, this has " + std::to_string(text.size()));
    auto data = decode_base58(text);
    if (!data || data->size() != v0_size || !is_v0(*data)) throw refuse("it is not written in base58");
    return from_bytes(*data);
  }
  auto data = decode_multibase(text);
  if (!data) throw refuse("its first character names no base, or another one is not of that base");
  if (is_v0(*data)) throw refuse("version 0 has no form but \"Qm...\"");
  try {
    return from_bytes(*data);
  } catch (const failure& f) {
    throw refuse(f.message());
  }
}

std::size_t content_id::size() const {
  auto hash_size = hash_.data().size();
  return version_ == 0 ? hash_size : 1 + varint_size(static_cast<std::uint64_t>(codec_)) + hash_size;
}

void content_id::append_to(bytes& out) const {
  if (version_ != 0) {
    append_varint(out, version_);
    append_varint(out, static_cast<std::uint64_t>(codec_));
  }
  append(out, hash_.data());
}

std::string content_id::to_string() const {
  return version_ == 0 ? encode_base58(hash_.data()) : to_string(base::base32);
}

std::string content_id::to_string(base b) const {
  bytes data;
  content_id(1, codec_, hash_).append_to(data);
  return encode_multibase(b, data);
}

} // namespace pillar::ipfs::engine
