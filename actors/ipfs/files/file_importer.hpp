/// Files as UnixFS DAGs, read once, in order, with bounded memory.
#pragma once

#include "actors/ipfs/files/layout_builder.hpp"
#include "actors/ipfs/files/node_writer.hpp"
#include "actors/ipfs/system/thread_pool.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <vector>

namespace pillar::ipfs::engine {

/// Imports files one after another; one thread at a time. Chunks are hashed and stored by the pool's threads while the
/// next ones are read, and found where the content decides about them. Holds a few chunks in memory, whatever the size.
class file_importer {
public:
  file_importer(const node_writer& writer, thread_pool& pool, std::stop_token stop = {});
  ~file_importer();

  /// Throws what the source and the batch throw, and cancelled. The root gets this mode and time, or those that the
  /// options give everything.
  imported import(const byte_source& source, const unixfs_metadata& metadata);
  imported import(const byte_source& source) { return import(source, writer_.options().metadata); }

private:
  struct slot;

  bool fill(slot& s, const byte_source& source);
  void start(slot& s);
  void wait(slot& s);
  imported finish(slot& s);
  imported import_chunks(const byte_source& source, layout_builder& tree, std::size_t filled,
                         const unixfs_metadata& metadata);

  const node_writer& writer_;
  thread_pool& pool_;
  std::stop_token stop_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<std::unique_ptr<slot>> slots_;
  bytes ahead_;              ///< read already, and behind the last chunk that was cut
  bool source_ends_ = false; ///< all of the source was read
};

} // namespace pillar::ipfs::engine
