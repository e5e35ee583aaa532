/// An add to a Kubo daemon: what it is asked for, and whether it answers what it must.
#pragma once

#include "actors/ipfs/files/import_options.hpp"
#include "actors/ipfs/files/import_progress.hpp"
#include "actors/ipfs/kubo/kubo_client.hpp"
#include "interfaces/ipfs.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace pillar::ipfs::engine {

/// The same content is imported here, in the thread that sends it, so that its CIDs are known. Those must be the
/// daemon's.
class kubo_add {
public:
  /// Throws bad_request (an option), too_large (the pin's name).
  kubo_add(const add_options& options, const import_options& defaults, bool wrap = false);

  const import_options& import() const { return import_; }

  /// Everything that decides a CID, so that nothing of it is left to the daemon's configuration.
  http_fields arguments() const;

  // --- in the thread that imports ---

  void progress(const import_progress& p);
  /// Something that the daemon must name as stored, after what was expected before. Call it before the next thing is
  /// sent.
  void expect(const content_id& root);

  // --- in the caller's ---

  /// Reads the reply to its end, and hands out the progress that was made; the roots last. Throws the daemon's errors,
  /// incompatible when it stored the content under another CID, and io_error when it does not say what it stored.
  void follow(kubo_reply& reply, const std::function<void(const add_progress&)>& tell = {});

  /// Hands out what is left, for an import that asks the daemon for nothing.
  void tell_all(const std::function<void(const add_progress&)>& tell);

private:
  void hand_out(const std::function<void(const add_progress&)>& tell);
  bool is_root(const add_progress& p) const;
  void check(const kubo_place& at, std::size_t confirmed, const std::string& last) const;

  const add_options& options_;
  import_options import_;
  bool wrap_;

  std::mutex mutex_;
  std::vector<std::string> expected_; ///< CIDs
  std::vector<add_progress> made_;    ///< not yet handed out
  std::vector<add_progress> roots_;   ///< told at the end: then they are durable
};

} // namespace pillar::ipfs::engine
