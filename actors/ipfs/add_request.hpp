/// What a request to add says, checked and put into the engine's terms.
#pragma once

#include "actors/ipfs/backend.hpp"
#include "actors/ipfs/files/import_options.hpp"

namespace pillar::ipfs {

/// Over `defaults`, unless the options name a profile. Throws bad_request for what cannot be read, is out of range or
/// contradicts itself.
engine::import_options import_options_of(const add_options& options, const engine::import_options& defaults);

/// Throws too_large for a name over 255 bytes.
void check_pin_name(std::string_view name);

/// Throws bad_request when there is nothing in it, or two of its paths have the same last name, which progress could
/// not tell apart.
void check_selection(const selection& what);

} // namespace pillar::ipfs
