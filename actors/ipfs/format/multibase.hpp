/// Multibase: bytes as text, with a first character that names the base (github.com/multiformats/multibase).
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pillar::ipfs::engine {

/// The bases that have a name here; reading knows more of them (see multibase.cpp).
enum class base : char { base16 = 'f', base32 = 'b', base36 = 'k', base58btc = 'z', base64url = 'u' };

/// Text with the prefix of its base.
std::string encode_multibase(base b, bytes_view data);

/// The bytes behind the text; none when its base is unknown or a character is not of that base. Meant for short text:
/// the time for the bases that are no power of two grows with the square of the length.
std::optional<bytes> decode_multibase(std::string_view text);

/// Base58 as Bitcoin writes it, without a prefix: the form of CIDv0.
std::string encode_base58(bytes_view data);
std::optional<bytes> decode_base58(std::string_view text);

} // namespace pillar::ipfs::engine
