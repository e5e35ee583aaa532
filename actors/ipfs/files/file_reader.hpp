/// The content of a file, read piece by piece through its DAG.
#pragma once

#include "actors/ipfs/files/fetched_node.hpp"
#include "actors/ipfs/files/node_reader.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace pillar::ipfs::engine {

inline constexpr std::size_t largest_piece = 1 << 20; ///< bytes

/// Walks a file's DAG from the left with a stack of its own, so that no depth of it endangers the thread's. Every node
/// must hold as much content as its parent says, so the work is bounded by the bytes that are returned.
class file_reader {
public:
  /// The content from byte `offset`, at most `length` bytes. Throws bad_request when the node is no file, damaged. With
  /// a pool, its threads load up to 8 blocks ahead of what is asked for.
  file_reader(std::shared_ptr<block_store> store, loaded_node root, std::uint64_t offset,
              std::optional<std::uint64_t> length, std::shared_ptr<thread_pool> pool = nullptr);

  std::uint64_t remaining() const { return remaining_; } ///< bytes that are still to come

  /// The next piece, 1 byte to 1 MiB; none at the end. Throws not_found, damaged; then no more follow.
  std::optional<bytes> next();

private:
  struct level {
    loaded_node node;
    std::size_t next = 0;
    std::deque<std::unique_ptr<fetched_node>> ahead = {}; ///< of the links from `next` on that hold content
  };

  void enter(loaded_node node, std::uint64_t size);
  void descend();
  void fetch_ahead(std::uint64_t found);
  loaded_node take_child(level& top, std::size_t index, std::uint64_t size);
  bytes take_piece();

  std::shared_ptr<block_store> store_;
  std::shared_ptr<thread_pool> pool_; ///< none: nothing is loaded ahead
  std::size_t fetching_ = 0;          ///< blocks ahead, of all levels
  std::vector<level> levels_;
  std::uint64_t skip_;      ///< bytes still to be passed over
  std::uint64_t remaining_; ///< bytes still to be returned
  bytes block_;             ///< holds the content that is being returned
  bytes_view content_;      ///< what is left of it
};

} // namespace pillar::ipfs::engine
