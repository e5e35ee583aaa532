#include "actors/ipfs/ipfs_worker.hpp"

#include "actors/ipfs/backend.hpp"
#include "actors/ipfs/item_pipe.hpp"
#include "actors/ipfs/upload_table.hpp"
#include "runtime/auto_reset_event.hpp"

#include <utility>

namespace pillar::ipfs {

namespace {

constexpr std::size_t pieces_ahead = 4; // pieces of up to 1 MiB that a producer may be ahead of its reader
constexpr std::size_t largest_text = 1 << 20;

void check_size(const char* what, std::size_t size) {
  if (size > largest_text)
    throw failure(errc::too_large, std::string(what) + " has " + std::to_string(size)
                                       + " bytes, and 1 MiB are the most: add longer content as a file or an upload");
}

/// A pipe whose producer is told to stop when the coroutine that reads it ends, and is waited for in the pool.
template <class T> class open_pipe {
public:
  open_pipe(std::shared_ptr<executor> pool, std::shared_ptr<item_pipe<T>> it, const std::stop_token& stop)
      : pool_(std::move(pool)), it_(std::move(it)), abandon_(stop, [pipe = it_.get()] { pipe->abandon(); }) {}
  ~open_pipe() {
    it_->abandon();
    executor::job wait = [it = it_]() mutable { it.reset(); };
    pool_->submit(wait); // when its queue is full: waited for here
  }
  item_pipe<T>* operator->() const { return it_.get(); }

private:
  std::shared_ptr<executor> pool_;
  std::shared_ptr<item_pipe<T>> it_;
  std::stop_callback<std::function<void()>> abandon_;
};

source<message> delivered(std::unique_ptr<subscription> from, auto_reset_event arrived) {
  for (;;) {
    while (auto next = from->try_next()) co_yield std::move(*next);
    co_await arrived.wait();
  }
}

} // namespace

ipfs_worker::ipfs_worker(const context& ctx, backend_source open) : worker(ctx), open_(std::move(open)) {}

task<> ipfs_worker::start() {
  served_ = co_await offload([this] { return open_(); });
}

void ipfs_worker::released() {
  served_ = {};
}

/// What a function of the backend hands to its callback, as a stream.
template <class T, class Produce> source<T> ipfs_worker::items(Produce produce, std::size_t ahead) {
  auto make = [produce = std::move(produce), engine = served_.engine](
                  const item_pipe<T>::emit& emit, const std::stop_token& stop) { produce(*engine, emit, stop); };
  open_pipe<T> pipe(node().pool, std::make_shared<item_pipe<T>>(std::move(make), ahead), co_await own_stop_token{});
  for (;;) {
    auto batch = co_await offload([&] { return pipe->next_batch(); });
    if (batch.empty()) co_return;
    for (auto& item : batch) co_yield std::move(item);
  }
}

// --- content --------------------------------------------------------------------------------------------------------

task<cid> ipfs_worker::on(add_str request) {
  check_size("the text", request.text.size());
  co_return co_await offload(
      [&, engine = served_.engine] { return engine->add_bytes(engine::view_of(request.text), request.options); });
}

task<cid> ipfs_worker::on(add_bytes request) {
  check_size("the content", request.data.size());
  co_return co_await offload([&, engine = served_.engine] { return engine->add_bytes(request.data, request.options); });
}

task<added> ipfs_worker::on(add_file request) {
  co_return co_await offload([&, engine = served_.engine](std::stop_token stop) {
    return engine->add_files({{request.path}, request.hidden, false, request.ignore}, request.options, {},
                             std::move(stop));
  });
}

source<add_progress> ipfs_worker::on(add_files request) {
  return items<add_progress>([request = std::move(request)](backend& engine, auto& emit, std::stop_token stop) {
    engine.add_files({request.paths, request.hidden, request.wrap, request.ignore}, request.options, emit,
                     std::move(stop));
  });
}

task<upload> ipfs_worker::on(upload_begin request) {
  co_return co_await offload([&, uploads = served_.uploads] { return uploads->begin(request.options); });
}

task<> ipfs_worker::on(upload_data request) {
  co_await offload([&, uploads = served_.uploads] { uploads->write(request.to, request.data); });
}

task<added> ipfs_worker::on(upload_end request) {
  co_return co_await offload([&, uploads = served_.uploads] { return uploads->end(request.to); });
}

task<> ipfs_worker::on(upload_cancel request) {
  co_await offload([&, uploads = served_.uploads] { uploads->cancel(request.to); });
}

source<bytes> ipfs_worker::on(cat request) {
  auto reader = co_await offload([&, engine = served_.engine](std::stop_token stop) {
    return engine->open_reader(request.path, request.offset, request.length, std::move(stop));
  });
  while (auto piece = co_await offload([&] { return reader.next(); })) co_yield std::move(*piece);
}

task<written> ipfs_worker::on(get_file request) {
  co_return co_await offload([&, engine = served_.engine](std::stop_token stop) {
    return engine->get_file(request.path, request.into, request.name, std::move(stop));
  });
}

source<bytes> ipfs_worker::on(get_archive request) {
  return items<bytes>(
      [request = std::move(request)](backend& engine, auto& emit, std::stop_token stop) {
        engine.get_archive(
            request.path, request.name, request.time,
            [&](engine::bytes_view piece) { emit(bytes(piece.begin(), piece.end())); }, std::move(stop));
      },
      pieces_ahead);
}

source<entry> ipfs_worker::on(ls request) {
  return items<entry>([path = std::move(request.path)](backend& engine, auto& emit, std::stop_token stop) {
    engine.ls(path, emit, std::move(stop));
  });
}

task<node_stat> ipfs_worker::on(stat request) {
  co_return co_await offload(
      [&, engine = served_.engine](std::stop_token stop) { return engine->stat(request.path, std::move(stop)); });
}

task<cid> ipfs_worker::on(resolve request) {
  co_return co_await offload(
      [&, engine = served_.engine](std::stop_token stop) { return engine->resolve(request.path, std::move(stop)); });
}

// --- blocks ---------------------------------------------------------------------------------------------------------

task<block_info> ipfs_worker::on(block_put request) {
  co_return co_await offload([&, engine = served_.engine] {
    return engine->block_put(request.data, request.codec, request.hash, request.pin);
  });
}

task<bytes> ipfs_worker::on(block_get request) {
  if (auto block = served_.engine->block_at_once(request.id)) co_return std::move(*block);
  co_return co_await offload(
      [&, engine = served_.engine](std::stop_token stop) { return engine->block_get(request.id, std::move(stop)); });
}

task<block_info> ipfs_worker::on(block_stat request) {
  co_return co_await offload(
      [&, engine = served_.engine](std::stop_token stop) { return engine->block_stat(request.id, std::move(stop)); });
}

task<> ipfs_worker::on(block_rm request) {
  co_await offload(
      [&, engine = served_.engine](std::stop_token stop) { engine->block_rm(request.id, std::move(stop)); });
}

source<bytes> ipfs_worker::on(dag_export request) {
  return items<bytes>(
      [path = std::move(request.path)](backend& engine, auto& emit, std::stop_token stop) {
        engine.dag_export(
            path, [&](engine::bytes_view piece) { emit(bytes(piece.begin(), piece.end())); }, std::move(stop));
      },
      pieces_ahead);
}

task<imported> ipfs_worker::on(dag_import request) {
  co_return co_await offload([&, engine = served_.engine](std::stop_token stop) {
    return engine->dag_import(request.path, request.pin_roots, std::move(stop));
  });
}

// --- pins and care --------------------------------------------------------------------------------------------------

task<cid> ipfs_worker::on(pin_add request) {
  co_return co_await offload([&, engine = served_.engine](std::stop_token stop) {
    return engine->pin_add(request.path, request.recursive, request.name, std::move(stop));
  });
}

task<cid> ipfs_worker::on(pin_rm request) {
  co_return co_await offload([&, engine = served_.engine](std::stop_token stop) {
    return engine->pin_rm(request.path, request.recursive, std::move(stop));
  });
}

source<pinned> ipfs_worker::on(pin_ls request) {
  return items<pinned>([request = std::move(request)](backend& engine, auto& emit, std::stop_token stop) {
    engine.pin_ls({request.kind, request.path, request.name}, emit, std::move(stop));
  });
}

source<cid> ipfs_worker::on(gc) {
  return items<cid>([](backend& engine, auto& emit, std::stop_token stop) { engine.gc(emit, std::move(stop)); });
}

source<verified> ipfs_worker::on(verify) {
  return items<verified>(
      [](backend& engine, auto& emit, std::stop_token stop) { engine.verify(emit, std::move(stop)); });
}

task<repository_stat> ipfs_worker::on(repo_stat) {
  co_return co_await offload(
      [engine = served_.engine](std::stop_token stop) { return engine->repo_stat(std::move(stop)); });
}

task<identity> ipfs_worker::on(get_id) {
  co_return co_await offload([engine = served_.engine] { return engine->identity(); });
}

// --- topics ---------------------------------------------------------------------------------------------------------

task<> ipfs_worker::on(publish request) {
  if (!served_.engine->publishing_blocks()) {
    served_.engine->publish(request.topic, request.data, {});
    co_return;
  }
  co_await offload([&, engine = served_.engine](std::stop_token stop) {
    engine->publish(request.topic, request.data, std::move(stop));
  });
}

task<source<message>> ipfs_worker::on(subscribe request) {
  auto_reset_event arrived;
  auto messages = co_await offload([&, engine = served_.engine](std::stop_token stop) {
    return engine->subscribe(request.topic, arrived.setter(), std::move(stop));
  });
  co_return delivered(std::move(messages), arrived);
}

} // namespace pillar::ipfs
