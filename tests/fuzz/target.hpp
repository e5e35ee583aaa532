/// What is fuzzed: functions that read bytes which anybody may have made. Each runs under libFuzzer (fuzz-NAME, built
/// with -DPILLAR_FUZZ=ON), and in the usual tests over its seeds and some thousand mutations of them.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pillar::fuzz {

/// Must throw nothing and return, whatever it is given, but broken_promise.
using target_function = void (*)(ipfs::engine::bytes_view data);

struct target {
  std::string_view name;
  target_function run;
  std::vector<std::string> (*seeds)(); ///< sound inputs, to begin with
};

/// Every target registers itself: `const registered here{{"cid", run, seeds}};`
struct registered {
  explicit registered(target t) { all().push_back(t); }
  static std::vector<target>& all() {
    static std::vector<target> targets;
    return targets;
  }
};

/// What was read contradicts what was promised of it.
struct broken_promise : std::logic_error {
  using std::logic_error::logic_error;
};
inline void promise(bool kept, const char* what) {
  if (!kept) throw broken_promise(what);
}

} // namespace pillar::fuzz
