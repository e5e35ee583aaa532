/// What verifying the whole ledger came to.
#pragma once

#include "tools/notary/demo_node.hpp"
#include "tools/notary/ledger.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace demo {

/// Which version of which file, and its content: what must be there again after any restart.
std::string identity_of(const ledger::entry& e);

struct verification {
  std::uint64_t entries = 0;
  std::uint64_t intact = 0;
  std::vector<ledger::verdict> bad;                    ///< not intact, or intact with an altered original
  std::map<ledger::original, std::uint64_t> originals; ///< of the intact ones
  std::map<std::string, bool> seen;                    ///< by identity: whether it is intact

  bool holds(const ledger::entry& e) const; ///< it is there and intact
};

/// Asks for all verdicts, with a progress bar up to the `expected` number. Throws failure, and `interrupted`.
verification verify_all(demo_node& on, std::size_t expected);

/// "README.md (QmX...) is damaged", and why it is thought so, both printable.
std::string described(const ledger::verdict& v);
std::string reason_of(const ledger::verdict& v);

} // namespace demo
