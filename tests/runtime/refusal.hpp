/// The failure that a call throws, as `name: message`, for tests of exact messages.
#pragma once

#include "interfaces/error.hpp"

#include <string>

namespace pillar::test {

/// "bad_request: ..."; "nothing" when the call succeeds.
template <class Call> std::string refusal(Call call) {
  try {
    call();
  } catch (const failure& f) {
    return to_string(f);
  }
  return "nothing";
}

} // namespace pillar::test
