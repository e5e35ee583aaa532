/// The rules of the DB's contract that hold in every store: which requests are accepted, and the sentences for those
/// that are not.
#pragma once

#include "interfaces/db.hpp"
#include "interfaces/error.hpp"

#include <optional>
#include <string_view>

namespace pillar::db {

inline constexpr std::size_t longest_space = 255; ///< bytes; an actor's name is shorter

/// Why a request is refused before any storage is touched: bad_request or too_large; none when it is acceptable.
std::optional<failure> refusal(std::string_view space, const get& request);
std::optional<failure> refusal(std::string_view space, const put& request);
std::optional<failure> refusal(std::string_view space, const remove& request);
std::optional<failure> refusal(std::string_view space, const list& request);

/// Where a listing begins: the smallest string that may be listed, in bytewise order.
std::string first_listed(const list& request);

/// Whether `expected`, when given, is not the document's `current` revision; 0 stands for "no such document".
std::optional<failure> mismatch(std::string_view key, std::optional<revision> expected, revision current);

failure no_document(std::string_view space, std::string_view key);

} // namespace pillar::db
