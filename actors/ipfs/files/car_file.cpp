#include "actors/ipfs/files/car_file.hpp"

#include "interfaces/error.hpp"

#include <fcntl.h>

#include <cerrno>
#include <memory>
#include <utility>

namespace pillar::ipfs::engine {

car_reader open_car_file(file_system& files, const std::filesystem::path& path, std::stop_token stop) {
  auto file = std::make_shared<descriptor>(open_file(files, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0, "cannot open"));
  return car_reader(
      [&files, file, path, stop = std::move(stop)](std::span<std::byte> to) {
        std::size_t filled = 0;
        while (filled < to.size()) {
          if (stop.stop_requested()) throw failure(errc::cancelled, "the import was stopped: nothing is pinned");
          auto some = files.read(file->number(), to.data() + filled, to.size() - filled);
          if (some < 0 && errno == EINTR) continue;
          if (some < 0) throw_errno("cannot read", path);
          if (some == 0) break;
          filled += static_cast<std::size_t>(some);
        }
        return filled;
      },
      path.string());
}

} // namespace pillar::ipfs::engine
