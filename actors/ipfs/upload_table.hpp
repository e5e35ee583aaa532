/// The adds whose content comes piece by piece.
#pragma once

#include "actors/ipfs/backend.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>

namespace pillar::ipfs {

/// Each upload runs in a thread of its own, which stores what was sent while more comes. Shared by the workers of one
/// backend: any of them takes the next piece. Thread-safe; all functions may block.
class upload_table {
public:
  static constexpr std::size_t most = 64;               ///< uploads at the same time
  static constexpr std::size_t largest_piece = 1 << 20; ///< bytes

  /// An upload to which nothing is sent for `longest_pause` is cancelled.
  explicit upload_table(std::shared_ptr<backend> to, std::chrono::milliseconds longest_pause = std::chrono::minutes(1));
  ~upload_table();

  /// Throws bad_request (an option), overloaded.
  upload begin(const add_options& options);
  /// Waits for room. Throws not_found (there is no such upload), too_large (the piece), and what the add threw: then
  /// the upload is over.
  void write(upload to, engine::bytes_view data);
  /// The rest is stored. Throws as write.
  added end(upload of);
  void cancel(upload which);

private:
  class session;
  std::shared_ptr<session> find(upload which);
  std::shared_ptr<session> take(upload which);

  const std::shared_ptr<backend> to_;
  const std::chrono::milliseconds longest_pause_;
  std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<session>> sessions_;
};

} // namespace pillar::ipfs
