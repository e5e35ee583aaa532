/// Serves db::service from a document store. Requests that arrive while a commit is under way form the next batch and
/// share its commit (group commit): each is answered after it, and one that fails takes no other with it. Every asker
/// has a namespace of its own, by its name.
#pragma once

#include "interfaces/db.hpp"
#include "runtime/gate.hpp"
#include "runtime/worker.hpp"

#include <functional>
#include <memory>
#include <variant>

namespace pillar::db {

class document_store;

class db_worker : public worker<db_worker, service> {
public:
  /// Opens the store; called off the scheduler at each start of the worker. Its failure is the worker's.
  using store_source = std::function<std::shared_ptr<document_store>()>;

  db_worker(const context& ctx, store_source open);

  task<document> on(get request);
  task<page> on(list request);
  task<revision> on(put request);
  task<revision> on(remove request);

private:
  struct operation;
  struct batch;

  task<> start() override;
  void released() override;
  template <class Reply, class Request> task<Reply> in_batch(Request request);
  task<> run_batches();
  static void run(document_store& store, batch& all);

  store_source open_;
  std::shared_ptr<document_store> store_;
  std::shared_ptr<batch> open_batch_;
  bool committing_ = false;
};

} // namespace pillar::db
