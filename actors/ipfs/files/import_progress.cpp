#include "actors/ipfs/files/import_progress.hpp"

namespace pillar::ipfs::engine {

byte_source with_progress(const byte_source& source, const std::string& name, const progress_callback& tell) {
  if (!tell) return source;
  return [&source, &name, &tell, read = std::uint64_t{0}, told = std::uint64_t{0}](std::span<std::byte> to) mutable {
    auto size = source(to);
    read += size;
    if (read - told >= progress_step) {
      told = read;
      tell({.name = name, .bytes = read});
    }
    return size;
  };
}

} // namespace pillar::ipfs::engine
