#include "runtime/pending.hpp"

#include <algorithm>
#include <functional>

namespace pillar {

void pending_table::add(std::uint64_t id, awaiter& a) {
  if (places_.empty()) places_.resize(8);
  while (places_[id & (places_.size() - 1)]) grow();
  a.id = id;
  places_[id & (places_.size() - 1)] = &a;
  ++size_;
}

awaiter* pending_table::take(std::uint64_t id) {
  if (places_.empty()) return nullptr;
  auto& place = places_[id & (places_.size() - 1)];
  if (!place || place->id != id) return nullptr;
  --size_;
  auto* found = std::exchange(place, nullptr);
  found->id = 0;
  return found;
}

void pending_table::grow() {
  std::vector<awaiter*> wider(places_.size() * 2);
  for (auto* a : places_)
    if (a) wider[a->id & (wider.size() - 1)] = a;
  places_.swap(wider);
}

void deadline_heap::add(instant due, std::uint64_t id, const pending_table& pending) {
  constexpr std::size_t spared = 64;
  if (entries_.size() > 2 * pending.size() + spared) {
    std::erase_if(entries_, [&](auto& entry) { return !pending.contains(entry.second); });
    std::ranges::make_heap(entries_, std::greater{});
  }
  entries_.emplace_back(due, id);
  std::ranges::push_heap(entries_, std::greater{});
}

std::optional<std::uint64_t> deadline_heap::next_due(instant now, const pending_table& pending) {
  while (!entries_.empty()) {
    auto [due, id] = entries_.front();
    bool waits = pending.contains(id);
    if (waits && due > now) return std::nullopt;
    std::ranges::pop_heap(entries_, std::greater{});
    entries_.pop_back();
    if (waits) return id;
  }
  return std::nullopt;
}

std::optional<instant> deadline_heap::earliest() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.front().first;
}

} // namespace pillar
