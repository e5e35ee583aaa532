/// What travels beside every request: until when it is wanted, for whom, by whom, and the trace it belongs to.
#pragma once

#include "interfaces/interface.hpp"

#include <boost/describe/class.hpp>

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace pillar {

/// A point on the actor system's clock: steady, and virtual in tests.
using instant = std::chrono::steady_clock::time_point;
using duration = std::chrono::nanoseconds;

/// The name of an actor: 1 to 31 characters of a-z, 0-9, '-', '_', '.', '/' and '#'. Held in place, so that it travels
/// beside every request at the cost of copying 32 bytes.
class actor_name {
public:
  static constexpr std::size_t longest = 31;

  constexpr actor_name() = default;
  /// The name in the text. Throws failure (bad_request) that repeats it and says what a name looks like.
  explicit actor_name(std::string_view text);

  constexpr std::string_view view() const { return {text_.data(), size_}; }
  constexpr bool empty() const { return size_ == 0; }
  bool operator==(const actor_name& other) const { return view() == other.view(); }
  auto operator<=>(const actor_name& other) const { return view() <=> other.view(); }

private:
  std::array<char, longest> text_{};
  std::uint8_t size_ = 0;
};

/// Travels beside every request; handlers need not see it. Asks made while a request is served inherit the deadline,
/// the trace and the caller, while the sender is whoever asks now.
struct envelope {
  instant deadline = instant::max(); ///< after it nobody waits for the answer; on the wire: the time left
  std::uint64_t trace = 0;           ///< one number for everything done on behalf of one first request
  actor_name caller;                 ///< who made the first request: the plugin, or the application
  actor_name sender;                 ///< who asks now; the DB's namespaces go by it
};
BOOST_DESCRIBE_STRUCT(envelope, (), (deadline, trace, caller, sender))

} // namespace pillar
