/// What the program answers to the shell.
#pragma once

#include "interfaces/error.hpp"

#include <span>
#include <string_view>

namespace pillar::cli {

/// Scripts rely on the numbers: never reuse or renumber one.
enum class exit_code : int {
  ok = 0,
  failed = 1,
  usage = 2,
  unclean_stop = 3,
  not_found = 4,
  in_use = 5,
  verification_failed = 6,
  conflict = 7,
  storage = 8,
  damaged = 9,
  interrupted = 130, ///< 128 + SIGINT, as shells count
  broken_pipe = 141, ///< 128 + SIGPIPE
};

/// The answer to a request's failure.
exit_code exit_code_of(errc code) noexcept;

/// One line of `pillar --help`.
struct exit_code_meaning {
  exit_code code;
  std::string_view meaning;
};

/// All of them, by rising number.
std::span<const exit_code_meaning> exit_code_meanings() noexcept;

} // namespace pillar::cli
