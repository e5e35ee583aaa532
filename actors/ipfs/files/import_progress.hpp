/// How far an import has come.
#pragma once

#include "actors/ipfs/files/file_importer.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace pillar::ipfs::engine {

struct import_progress {
  std::string_view name;          ///< "dir/sub/file"; "" for a directory that wraps what was added
  std::uint64_t bytes = 0;        ///< of this file's content, read so far
  const imported* done = nullptr; ///< what it became, at its end
};

/// Is called by the importing thread; what it throws ends the import.
using progress_callback = std::function<void(const import_progress&)>;

inline constexpr std::uint64_t progress_step = 256 << 10; ///< bytes of a file between two calls, at least

/// A source that tells the callback, which may be none, how much was read of the file `name`. All must outlive it.
byte_source with_progress(const byte_source& source, const std::string& name, const progress_callback& tell);

} // namespace pillar::ipfs::engine
