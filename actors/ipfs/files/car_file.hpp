/// Archives in the file system.
#pragma once

#include "actors/ipfs/format/car_reader.hpp"
#include "actors/ipfs/system/file_system.hpp"

#include <filesystem>
#include <stop_token>

namespace pillar::ipfs::engine {

/// Opens an archive and reads its header; the file is closed with the reader. `files` must outlive it. Throws
/// not_found, io_error, as car_reader does, and after a stop cancelled.
car_reader open_car_file(file_system& files, const std::filesystem::path& path, std::stop_token stop);

} // namespace pillar::ipfs::engine
