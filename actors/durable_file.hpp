/// Small files that are there whole or not at all, readable by their owner only: what an engine must not lose half of.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace pillar {

/// Creates `directory` and its missing parents, each new one open to its owner only (0700). Those that exist stay as
/// they are. Throws failure: read_only, storage_full, not_found (a parent is a file), io_error.
void make_private_directories(const std::filesystem::path& directory);

/// Writes a new file that only its owner may read and write (0600). It appears under its name complete and durable, or
/// not at all, also when the power fails in between; a file of that name is never replaced. Throws failure:
/// already_exists, read_only, storage_full, not_found (no such directory), io_error.
void write_new_file(const std::filesystem::path& file, std::span<const std::byte> content);

} // namespace pillar
