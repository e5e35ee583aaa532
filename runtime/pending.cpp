#include "runtime/pending.hpp"

#include <algorithm>
#include <functional>

namespace pillar {

void pending_table::grow() {
  std::vector<awaiter*> wider(places_.empty() ? 8 : places_.size() * 2);
  for (auto* a : places_)
    if (a) wider[a->id & (wider.size() - 1)] = a;
  places_.swap(wider);
}

void deadline_list::add_out_of_order(entry e) {
  heap_.push_back(e);
  std::ranges::push_heap(heap_, std::greater{});
}

/// Drops the entries of answered requests.
void deadline_list::tidy(const pending_table& pending) {
  row_.erase(row_.begin(), row_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
  auto answered = [&](auto& e) { return !pending.contains(e.id); };
  std::erase_if(row_, answered);
  std::erase_if(heap_, answered);
  std::ranges::make_heap(heap_, std::greater{});
}

std::optional<std::uint64_t> deadline_list::next_due(instant now, const pending_table& pending) {
  while (size() > 0) {
    auto e = row_is_next() ? row_[first_] : heap_.front();
    bool waits = pending.contains(e.id);
    if (waits && e.due > now) return std::nullopt;
    if (row_is_next()) ++first_;
    else {
      std::ranges::pop_heap(heap_, std::greater{});
      heap_.pop_back();
    }
    if (waits) return e.id;
  }
  return std::nullopt;
}

std::optional<instant> deadline_list::earliest() const {
  if (size() == 0) return std::nullopt;
  return row_is_next() ? row_[first_].due : heap_.front().due;
}

} // namespace pillar
