/// Standard input as content that is uploaded.
#pragma once

#include "tools/pillar/ipfs_session.hpp"

#include <functional>

namespace pillar::cli {

/// Stores everything that standard input gives, piece by piece, so that any size will do and nothing is held. It may
/// pause for long. `advance` hears how many bytes were read so far. Errors: those of the upload requests, and io_error.
ipfs::added upload_input(ipfs_session& ipfs, const ipfs::add_options& options,
                         const std::function<void(std::uint64_t)>& advance);

} // namespace pillar::cli
