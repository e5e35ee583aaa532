/// The content of one file, piece by piece.
#pragma once

#include "interfaces/interface.hpp"

#include <memory>
#include <optional>

namespace pillar::ipfs {

namespace engine {
class file_reader;
}

/// Movable; one thread at a time; keeps the store alive that it reads from.
class content_reader {
public:
  explicit content_reader(std::unique_ptr<engine::file_reader> reader);
  content_reader(content_reader&&) noexcept;
  content_reader& operator=(content_reader&&) noexcept;
  ~content_reader();

  /// The next piece: 1 byte to 1 MiB, verified against its CID; none at the end. Throws not_found or damaged, naming
  /// the block; then the pieces before were right and no more follow.
  std::optional<bytes> next();

private:
  std::unique_ptr<engine::file_reader> reader_;
};

} // namespace pillar::ipfs
