/// What SQLite's result codes mean to a caller.
#pragma once

#include "actors/db/sqlite.hpp"

namespace pillar::db::sqlite {

/// The failure behind an extended result code. `system_errno`: what the operating system said last on that connection,
/// 0 if nothing; `detail`: SQLite's own words.
error error_of(int code, int system_errno, const std::filesystem::path& file, std::string_view detail);

} // namespace pillar::db::sqlite
