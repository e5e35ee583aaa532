#include "actors/ipfs/ipfs_worker.hpp"

#include "actors/ipfs/embedded_ipfs.hpp"

namespace pillar::ipfs {

ipfs_worker::ipfs_worker(const context& ctx, engine_source open) : worker(ctx), open_(std::move(open)) {}

task<> ipfs_worker::start() {
  engine_ = co_await offload([this] { return open_(); });
}

void ipfs_worker::released() {
  engine_.reset();
}

task<cid> ipfs_worker::on(add_str request) {
  co_return co_await offload([&, engine = engine_] { return engine->add_str(request.text, request.pin); });
}

task<added> ipfs_worker::on(add_file request) {
  co_return co_await offload([&, engine = engine_] {
    return engine->add_file(request.path, {.pin = request.pin, .hidden = request.hidden, .stop = {}});
  });
}

source<bytes> ipfs_worker::on(cat request) {
  auto reader = co_await offload(
      [&, engine = engine_] { return engine->open_reader(request.path, request.offset, request.length); });
  while (auto piece = co_await offload([&] { return reader.next(); })) co_yield std::move(*piece);
}

task<written> ipfs_worker::on(get_file request) {
  co_return co_await offload(
      [&, engine = engine_] { return engine->get_file(request.path, request.into, request.name); });
}

task<node_stat> ipfs_worker::on(stat request) {
  co_return co_await offload([&, engine = engine_] { return engine->stat(request.path); });
}

identity ipfs_worker::on(const get_id&) {
  return engine_->identity();
}

} // namespace pillar::ipfs
