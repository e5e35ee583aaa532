/// The blocks of a Kubo daemon, fetched one by one and verified here: the daemon need not be trusted.
#pragma once

#include "actors/ipfs/block_store.hpp"
#include "actors/ipfs/kubo_client.hpp"

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

namespace pillar::ipfs::engine {

/// How blocks are looked for.
struct kubo_search {
  bool offline = false;                                      ///< only in the daemon's own store
  std::chrono::milliseconds time = std::chrono::seconds(30); ///< that the daemon may look for a block on the network
};

/// For reading; nothing can be written through it. A block that the daemon does not find in time is not here.
class kubo_block_store final : public block_store {
public:
  kubo_block_store(std::shared_ptr<const kubo_client> client, kubo_search search, std::stop_token stop = {});

  std::optional<bytes> get(const content_id& id) override;
  std::optional<std::uint64_t> size_of(const content_id& id) override;
  std::unique_ptr<write_batch> begin() override; ///< throws unsupported
  std::optional<engine::pin> find_pin(const content_id& root) override;
  std::string identity() const override; ///< the daemon's peer id

private:
  kubo_request request(std::string command, const content_id& id, bool offline) const;

  std::shared_ptr<const kubo_client> client_;
  kubo_search search_;
  std::stop_token stop_;
};

} // namespace pillar::ipfs::engine
