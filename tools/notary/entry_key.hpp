/// Under which key of the DB an entry stands. File names may hold any bytes and be long; keys may not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ledger {

/// What all keys of entries begin with.
inline constexpr std::string_view entry_prefix = "files/";

/// The key of one version of a file: "files/src/main.cpp@00000001". Bytes that a key may not hold, and '%', '@' and
/// '~', are written as %XX; a name that is too long for a key is cut, and ends with '~' and its SHA-256. The keys of
/// one file's versions stand together and in order.
std::string entry_key(std::string_view name, std::uint32_t version);

/// The key without its version: equal for all versions of a file, and for no other file.
std::string_view file_part(std::string_view key);

} // namespace ledger
