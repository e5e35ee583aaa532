/// The content of a file, read piece by piece through its DAG.
#pragma once

#include "actors/ipfs/node_reader.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace pillar::ipfs::engine {

inline constexpr std::size_t largest_piece = 1 << 20; ///< bytes

/// Walks a file's DAG from the left with a stack of its own, so that no depth of it endangers the thread's. Every node
/// must hold as much content as its parent says, so the work is bounded by the bytes that are returned.
class file_reader {
public:
  /// The content from byte `offset`, at most `length` bytes. Throws bad_request when the node is no file, damaged.
  file_reader(std::shared_ptr<block_store> store, loaded_node root, std::uint64_t offset,
              std::optional<std::uint64_t> length);

  std::uint64_t remaining() const { return remaining_; } ///< bytes that are still to come

  /// The next piece, 1 byte to 1 MiB; none at the end. Throws not_found, damaged; then no more follow.
  std::optional<bytes> next();

private:
  struct level {
    loaded_node node;
    std::size_t next = 0;
  };

  void enter(loaded_node node, std::uint64_t size);
  void descend();
  bytes take_piece();

  std::shared_ptr<block_store> store_;
  std::vector<level> levels_;
  std::uint64_t skip_;      ///< bytes still to be passed over
  std::uint64_t remaining_; ///< bytes still to be returned
  bytes block_;             ///< holds the content that is being returned
  bytes_view content_;      ///< what is left of it
};

} // namespace pillar::ipfs::engine
