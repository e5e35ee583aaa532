/// Serves ipfs::service from a backend, which may be shared by several workers. Backends block, so all their work is
/// offloaded.
#pragma once

#include "interfaces/ipfs.hpp"
#include "runtime/worker.hpp"

#include <functional>
#include <memory>

namespace pillar::ipfs {

class backend;
class upload_table;

/// What the workers of one service share.
struct served_backend {
  std::shared_ptr<backend> engine;
  std::shared_ptr<upload_table> uploads;
};

class ipfs_worker : public worker<ipfs_worker, service> {
public:
  /// Opens the backend, or hands out the one that is open; called off the scheduler. Its failure is the worker's.
  using backend_source = std::function<served_backend()>;

  ipfs_worker(const context& ctx, backend_source open);

  task<cid> on(add_str request);
  task<cid> on(add_bytes request);
  task<added> on(add_file request);
  source<add_progress> on(add_files request);
  task<upload> on(upload_begin request);
  task<> on(upload_data request);
  task<added> on(upload_end request);
  task<> on(upload_cancel request);

  source<bytes> on(cat request);
  task<written> on(get_file request);
  source<bytes> on(get_archive request);
  source<entry> on(ls request);
  task<node_stat> on(stat request);
  task<cid> on(resolve request);

  task<block_info> on(block_put request);
  task<bytes> on(block_get request);
  task<block_info> on(block_stat request);
  task<> on(block_rm request);
  source<bytes> on(dag_export request);
  task<imported> on(dag_import request);

  task<cid> on(pin_add request);
  task<cid> on(pin_rm request);
  source<pinned> on(pin_ls request);
  source<cid> on(gc request);
  source<verified> on(verify request);
  task<repository_stat> on(repo_stat request);
  task<identity> on(get_id request);

  task<> on(publish request);
  task<source<message>> on(subscribe request);

private:
  task<> start() override;
  void released() override;

  template <class T, class Produce> source<T> items(Produce produce, std::size_t ahead = 64);

  backend_source open_;
  served_backend served_;
};

} // namespace pillar::ipfs
