/// Fills one page of a listing, up to the limits that the contract sets.
#pragma once

#include "interfaces/db.hpp"

#include <span>
#include <string_view>

namespace pillar::db {

/// Add the documents from first_listed(request) on, in order of their keys, until it wants no more.
class page_builder {
public:
  /// Keeps a reference to the request.
  explicit page_builder(const list& request) : request_(request) {}

  /// Takes a document into the page. False: it is not of this page, and no later one is either. `value` may be empty
  /// when the request wants no values.
  bool add(std::string_view key, db::revision current, std::uint64_t size, std::span<const std::byte> value);

  page finish() && { return std::move(page_); }

private:
  const list& request_;
  db::page page_;
  std::uint64_t bytes_of_values_ = 0;
};

} // namespace pillar::db
