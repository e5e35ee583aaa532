/// The replies that one actor waits for, found by request id, and the moments at which it stops waiting.
#pragma once

#include "interfaces/envelope.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace pillar {

class actor;

/// Something in an actor that waits for the message with one id: a reply, the end of an offloaded job, or a moment.
class awaiter {
public:
  awaiter() = default;
  awaiter(const awaiter&) = delete;
  awaiter& operator=(const awaiter&) = delete;
  virtual void complete(caf::mailbox_element& message) = 0;
  virtual void expire() = 0; ///< its moment has come before its message

  std::uint64_t id = 0; ///< 0: waits for nothing

protected:
  ~awaiter() = default;
};

/// Ids of one actor are consecutive, so the low bits of an id are its place: finding is one look.
class pending_table {
public:
  void add(std::uint64_t id, awaiter& a) {
    while (places_.empty() || places_[place(id)]) grow();
    a.id = id;
    places_[place(id)] = &a;
    ++size_;
  }
  /// Removes and returns who waits for the id, or null.
  awaiter* take(std::uint64_t id) {
    if (!contains(id)) return nullptr;
    --size_;
    auto* found = std::exchange(places_[place(id)], nullptr);
    found->id = 0;
    return found;
  }
  /// Who waits for the id, or null.
  awaiter* find(std::uint64_t id) const {
    auto* a = places_.empty() ? nullptr : places_[place(id)];
    return a && a->id == id ? a : nullptr;
  }
  bool contains(std::uint64_t id) const { return find(id) != nullptr; }
  std::size_t size() const { return size_; }

private:
  std::size_t place(std::uint64_t id) const { return id & (places_.size() - 1); }
  void grow();
  std::vector<awaiter*> places_; // a power of two
  std::size_t size_ = 0;
};

/// The moments at which waiting ends. Nearly all are later than the one before, so they are kept in a row; those that
/// are not, in a heap. An answered request leaves its entry behind, which is dropped when it comes first in the row, or
/// with all others when more than half are such: O(1) an ask, amortised, when deadlines rise.
class deadline_list {
public:
  void add(instant due, std::uint64_t id, const pending_table& pending) {
    while (first_ < row_.size() && !pending.contains(row_[first_].id)) ++first_;
    if (first_ == row_.size()) row_.clear(), first_ = 0;
    else if (size() > 2 * pending.size() + spared || first_ > spared + row_.size() / 2) tidy(pending);
    if (row_.empty() || due >= row_.back().due) row_.push_back({due, id});
    else add_out_of_order({due, id});
  }
  /// Removes and returns an id that is due at `now` and still pending.
  std::optional<std::uint64_t> next_due(instant now, const pending_table& pending);
  /// The earliest entry, if any.
  std::optional<instant> earliest() const;
  std::size_t size() const { return row_.size() - first_ + heap_.size(); } ///< with the entries of answered requests

private:
  static constexpr std::size_t spared = 64; // entries below which tidying is not worth it
  struct entry {
    instant due;
    std::uint64_t id;
    auto operator<=>(const entry&) const = default;
  };
  void add_out_of_order(entry e);
  void tidy(const pending_table& pending);
  bool row_is_next() const { return first_ < row_.size() && (heap_.empty() || row_[first_] < heap_.front()); }

  std::vector<entry> row_;
  std::size_t first_ = 0; // of the row
  std::vector<entry> heap_;
};

} // namespace pillar
