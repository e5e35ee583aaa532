#include "actors/ipfs/kubo/kubo_upload.hpp"

#include <exception>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t pipe_size = 1 << 20; // bytes

} // namespace

kubo_upload::kubo_upload(const kubo_client& client, const kubo_request& request,
                         std::function<void(multipart_writer&)> write)
    : pipe_(pipe_size), form_([this](bytes_view piece) { pipe_.write(piece); }) {
  reply_.emplace(client.open(request, form_.content_type(),
                             [this, stop = request.stop](std::span<std::byte> to) { return pipe_.read(to, stop); }));
  writer_ = std::jthread([this, write = std::move(write)] {
    try {
      write(form_);
      form_.finish();
      pipe_.finish();
    } catch (...) {
      pipe_.finish(std::current_exception());
    }
  });
}

kubo_upload::~kubo_upload() {
  reply_.reset();
  pipe_.abandon();
}

} // namespace pillar::ipfs::engine
