/// Serves ipfs::service from the embedded engine. The engine blocks, so all its work is offloaded; it may be shared by
/// several workers.
#pragma once

#include "interfaces/ipfs.hpp"
#include "runtime/worker.hpp"

#include <functional>
#include <memory>

namespace pillar::ipfs {

class embedded_ipfs;

class ipfs_worker : public worker<ipfs_worker, service> {
public:
  /// Opens the engine, or hands out the one that is open; called off the scheduler. Its failure is the worker's.
  using engine_source = std::function<std::shared_ptr<embedded_ipfs>()>;

  ipfs_worker(const context& ctx, engine_source open);

  task<cid> on(add_str request);
  task<added> on(add_file request);
  source<bytes> on(cat request);
  task<written> on(get_file request);
  task<node_stat> on(stat request);
  identity on(const get_id& request);

private:
  task<> start() override;
  void released() override;

  engine_source open_;
  std::shared_ptr<embedded_ipfs> engine_;
};

} // namespace pillar::ipfs
