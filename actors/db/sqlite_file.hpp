/// Pillar's database file: how a new one is made, how one is recognised, and the settings it is used with.
#pragma once

#include "actors/db/sqlite.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace pillar::db::sqlite {

/// In the header of each of Pillar's databases: "Plr" and 1, as `file` and `sqlite3` show it.
inline constexpr std::int32_t application_id = 0x506c7201;

/// The layout of the tables that this program writes and understands.
inline constexpr std::int32_t schema_version = 1;

/// Opens Pillar's database in `file` for this process alone, or makes a new one (0600, missing directories 0700). What
/// is there is checked before a byte is written: a file that is no database, another program's, a newer Pillar's or
/// damaged is refused and left as it is. Throws failure: in_use, damaged, unsupported, read_only, storage_full,
/// not_found, io_error.
std::unique_ptr<connection> open_database(const std::filesystem::path& file, const std::string& vfs);

} // namespace pillar::db::sqlite
