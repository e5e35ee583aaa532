#include "tools/pillar/exit_codes.hpp"

namespace pillar::cli {

exit_code exit_code_of(errc code) noexcept {
  switch (code) {
    case errc::bad_request: return exit_code::usage;
    case errc::not_found: return exit_code::not_found;
    case errc::in_use: return exit_code::in_use;
    case errc::verification_failed: return exit_code::verification_failed;
    case errc::conflict:
    case errc::already_exists: return exit_code::conflict;
    case errc::storage_full:
    case errc::read_only: return exit_code::storage;
    case errc::damaged: return exit_code::damaged;
    default: return exit_code::failed;
  }
}

std::span<const exit_code_meaning> exit_code_meanings() noexcept {
  static constexpr exit_code_meaning all[] = {
      {exit_code::ok, "done"},
      {exit_code::failed, "failed, for a reason that has no number of its own"},
      {exit_code::usage, "the command line, the configuration or an argument is wrong"},
      {exit_code::unclean_stop, "done, but something did not stop in its time"},
      {exit_code::not_found, "no such key, content, file or data directory"},
      {exit_code::in_use, "another process holds the data directory"},
      {exit_code::verification_failed, "the signature does not verify"},
      {exit_code::conflict, "the revision is not the expected one, or the target exists already"},
      {exit_code::storage, "the disk is full, or the place cannot be written"},
      {exit_code::damaged, "stored data does not verify"},
      {exit_code::interrupted, "ended by Ctrl-C: what was not done yet is left undone"},
      {exit_code::broken_pipe, "whoever read the output stopped reading"},
  };
  return all;
}

} // namespace pillar::cli
