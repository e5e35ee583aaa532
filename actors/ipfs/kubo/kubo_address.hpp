/// Where a Kubo daemon's RPC API listens, and how to find it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace pillar::ipfs::engine {

struct kubo_address {
  std::string text = {};        ///< as it was written, for messages
  std::string host = {};        ///< an IP address or a name; empty for a Unix socket
  std::uint16_t port = 0;       ///< of TCP
  std::string socket_path = {}; ///< of a Unix socket; empty for TCP

  bool is_unix() const { return !socket_path.empty(); }

  /// From a multiaddress ("/ip4/127.0.0.1/tcp/5001", "/ip6/::1/tcp/5001", "/dns/name/tcp/5001", "/unix/run/ipfs.sock"),
  /// a URL ("http://127.0.0.1:5001") or "host:port". An address that stands for all of a machine's ("0.0.0.0") becomes
  /// the loopback one. Throws bad_request, or unsupported for TLS.
  static kubo_address parse(std::string_view text);

  /// What the daemon of a repository has written into its file `api`. Throws unavailable when there is none: then no
  /// daemon runs, or it runs elsewhere.
  static kubo_address of_repository(const std::filesystem::path& repository);
};

/// Where the repository of this user's daemon is: IPFS_PATH, else ~/.ipfs. Throws unavailable without a home directory.
std::filesystem::path default_kubo_repository();

} // namespace pillar::ipfs::engine
