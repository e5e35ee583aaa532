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
  void add(std::uint64_t id, awaiter& a);
  /// Removes and returns who waits for the id, or null.
  awaiter* take(std::uint64_t id);
  /// Who waits for the id, or null.
  awaiter* find(std::uint64_t id) const {
    auto* a = places_.empty() ? nullptr : places_[id & (places_.size() - 1)];
    return a && a->id == id ? a : nullptr;
  }
  bool contains(std::uint64_t id) const { return find(id) != nullptr; }
  std::size_t size() const { return size_; }

private:
  void grow();
  std::vector<awaiter*> places_; // a power of two
  std::size_t size_ = 0;
};

/// A heap, since inherited deadlines all differ. An answered request leaves its entry behind; when more than half are
/// such, they are dropped together: O(1) an ask, amortised, when deadlines rise.
class deadline_heap {
public:
  void add(instant due, std::uint64_t id, const pending_table& pending);
  /// Removes and returns an id that is due at `now` and still pending.
  std::optional<std::uint64_t> next_due(instant now, const pending_table& pending);
  /// The earliest entry, if any.
  std::optional<instant> earliest() const;
  std::size_t size() const { return entries_.size(); } ///< with the entries of answered requests

private:
  std::vector<std::pair<instant, std::uint64_t>> entries_;
};

} // namespace pillar
