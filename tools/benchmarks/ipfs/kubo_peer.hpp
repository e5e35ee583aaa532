/// A real Kubo daemon to compare with: the one of the interop tests, with a repository of its own.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace pillar::bench {

class kubo_peer {
public:
  enum class store { files, pebble }; ///< Kubo's default is files

  /// Starts a daemon. Throws std::runtime_error, with what to do, when there is none to be had.
  explicit kubo_peer(store s = store::files);
  ~kubo_peer();

  /// Adds a file or directory as a user does: `ipfs add -r -q --progress=false`, through the daemon. The root's CID.
  std::string add(const std::filesystem::path& path) const;

  /// Reads a file as a user does, with `ipfs cat` into /dev/null.
  void cat(const std::string& id) const;

  const std::string& api() const; ///< the multiaddress of its API
  std::filesystem::path repository() const;

private:
  struct daemon;
  std::unique_ptr<daemon> daemon_;
};

} // namespace pillar::bench
