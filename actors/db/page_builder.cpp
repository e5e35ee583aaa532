#include "actors/db/page_builder.hpp"

namespace pillar::db {

bool page_builder::add(std::string_view key, db::revision current, std::uint64_t size,
                       std::span<const std::byte> value) {
  if (!key.starts_with(request_.prefix)) return false;
  auto& entries = page_.entries;
  auto carried = request_.with_values ? size : 0;
  bool full = entries.size() == request_.limit || (!entries.empty() && bytes_of_values_ + carried > largest_value);
  if (full) {
    page_.next = entries.back().key; // there is more, so there is a next page
    return false;
  }
  bytes_of_values_ += carried;
  entries.push_back({std::string(key), current, size, {}});
  if (request_.with_values) entries.back().value.assign(value.begin(), value.end());
  return true;
}

} // namespace pillar::db
