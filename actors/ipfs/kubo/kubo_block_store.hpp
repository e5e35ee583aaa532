/// The blocks of a Kubo daemon, fetched one by one and verified here: the daemon need not be trusted.
#pragma once

#include "actors/ipfs/kubo/kubo_client.hpp"
#include "actors/ipfs/store/block_store.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace pillar::ipfs::engine {

/// How blocks are looked for.
struct kubo_search {
  bool offline = false;                                      ///< only in the daemon's own store
  std::chrono::milliseconds time = std::chrono::seconds(30); ///< that the daemon may look for a block on the network
};

/// For reading; nothing can be written through it. A block that the daemon does not find in time is not here. Who reads
/// a file's blocks in order gets them faster, for the next ones are asked for ahead.
class kubo_block_store final : public block_store {
public:
  static constexpr std::size_t ahead = 4; ///< blocks that are asked for before they are wanted

  kubo_block_store(std::shared_ptr<const kubo_client> client, kubo_search search, std::stop_token stop = {});

  std::optional<bytes> get(const content_id& id) override;
  std::optional<std::uint64_t> size_of(const content_id& id) override;
  std::unique_ptr<write_batch> begin() override; ///< throws unsupported
  std::optional<engine::pin> find_pin(const content_id& root) override;
  std::string identity() const override; ///< the daemon's peer id

private:
  using asked_block = std::pair<content_id, kubo_reply>;

  kubo_request request(std::string command, const content_id& id, bool offline) const;
  bytes fetch(const content_id& id);
  std::optional<kubo_reply> take_asked(const content_id& id);
  void foresee(const content_id& id, bytes_view block);
  void ask_ahead();

  std::shared_ptr<const kubo_client> client_;
  kubo_search search_;
  std::stop_token stop_;

  std::mutex mutex_;
  std::deque<content_id> expected_; ///< what a reader of the file would want next, in order
  std::vector<asked_block> asked_;  ///< the first of them, and of their parents
  unsigned in_order_ = 0;           ///< how many blocks were the expected ones, in a row
};

} // namespace pillar::ipfs::engine
