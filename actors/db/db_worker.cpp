#include "actors/db/db_worker.hpp"

#include "actors/db/document_store.hpp"

namespace pillar::db {

namespace {
constexpr std::string_view commit_name = "db.commit";

auto apply(document_store& store, std::string_view space, const get& r) {
  return store.get(space, r);
}
auto apply(document_store& store, std::string_view space, const list& r) {
  return store.list(space, r);
}
auto apply(document_store& store, std::string_view space, const put& r) {
  return store.put(space, r);
}
auto apply(document_store& store, std::string_view space, const remove& r) {
  return store.remove(space, r);
}
} // namespace

/// One request of a batch. The request and the place of its outcome are in the waiting handler's frame.
struct db_worker::operation {
  std::function<void(document_store&)> perform;
  std::function<void(const failure&)> fail; // of a write: whatever it was told before, the commit failed
};

struct db_worker::batch {
  std::vector<operation> operations;
  gate done;
};

db_worker::db_worker(const context& ctx, store_source open) : worker(ctx), open_(std::move(open)) {}

task<> db_worker::start() {
  store_ = co_await offload([this] { return open_(); });
}

void db_worker::released() {
  store_.reset();
}

template <class Reply, class Request> task<Reply> db_worker::in_batch(Request request) {
  constexpr bool writes = std::is_same_v<Reply, revision>;
  struct shared {
    Request request;
    std::string space;
    std::optional<result<Reply>> outcome;
  };
  auto mine = std::make_shared<shared>(shared{std::move(request), std::string(asker().sender.view()), {}});
  if (!open_batch_) open_batch_ = std::make_shared<batch>();
  auto joined = open_batch_;
  operation op{.perform = [mine](document_store& store) { mine->outcome = apply(store, mine->space, mine->request); },
               .fail = {}};
  if constexpr (writes)
    op.fail = [mine](const failure& f) {
      if (!mine->outcome || *mine->outcome) mine->outcome = f;
    };
  joined->operations.push_back(std::move(op));
  if (!committing_) begin_task(commit_name, run_batches());
  co_await joined->done.opened();
  co_return std::move(*mine->outcome).value();
}

task<> db_worker::run_batches() {
  committing_ = true;
  while (open_batch_) {
    auto now_run = std::exchange(open_batch_, nullptr);
    co_await offload([store = store_, now_run] { run(*store, *now_run); });
    now_run->done.open();
    if (auto* broken = store_->broken()) throw worker_failure(broken->code(), broken->message());
  }
  committing_ = false;
}

void db_worker::run(document_store& store, batch& all) {
  for (auto& op : all.operations) op.perform(store);
  auto committed = store.commit();
  if (committed) return;
  for (auto& op : all.operations) {
    if (op.fail) op.fail(committed.error());
    else op.perform(store); // a read saw what is not there now
  }
}

task<document> db_worker::on(get request) {
  return in_batch<document>(std::move(request));
}
task<page> db_worker::on(list request) {
  return in_batch<page>(std::move(request));
}
task<revision> db_worker::on(put request) {
  return in_batch<revision>(std::move(request));
}
task<revision> db_worker::on(remove request) {
  return in_batch<revision>(std::move(request));
}

} // namespace pillar::db
