/// Keys and moments that the tests of this folder share.
#pragma once

#include "actors/key_manager/rnp_keyring.hpp"

#include <chrono>
#include <string_view>

namespace pillar::test {

/// As the program makes one itself: used without stretching, so a test with it is quick.
inline key_manager::passphrase random_passphrase(char digit = '1') {
  return {key_manager::secret(std::string(64, digit)), "a test"};
}

inline std::chrono::system_clock::time_point at(std::chrono::seconds since_1970) {
  return std::chrono::system_clock::time_point(since_1970);
}

/// A moment in 2025, and a clock that stands still.
inline constexpr std::chrono::seconds then{1'750'000'000};
inline key_manager::rnp_keyring::clock stopped_at(std::chrono::seconds since_1970) {
  return [=] { return at(since_1970); };
}

inline key_manager::rnp_keyring new_keyring(std::chrono::seconds now = then) {
  return key_manager::rnp_keyring::generate("Pillar test node", random_passphrase(), stopped_at(now));
}

/// The same keys at another time.
inline key_manager::rnp_keyring reloaded(const key_manager::rnp_keyring& from, std::chrono::seconds now) {
  return key_manager::rnp_keyring::load(from.protected_secret(), random_passphrase(), stopped_at(now));
}

} // namespace pillar::test
