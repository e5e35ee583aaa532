#include "runtime/stream.hpp"

namespace pillar {

const request_info& stream_pull_info() {
  static const request_info info{
      .name = "pillar.stream_pull",
      .short_name = "stream_pull",
      .request = &layout_of<stream_pull>::value,
      .reply = &layout_of<void>::value,
      .type = &typeid(stream_pull),
      .letter = &typeid(request_letter<stream_pull>),
      .fingerprint = 0,
      .idempotent = false,
      .streams = false,
      .pack =
          [](void* r) {
            return caf::mailbox_element_ptr{new request_letter<stream_pull>(std::move(*static_cast<stream_pull*>(r)))};
          },
      .pack_binary = nullptr,
      .pack_copy = nullptr,
      .answer = nullptr,
      .open = nullptr,
      .open_binary = nullptr,
      .add_to = nullptr,
  };
  return info;
}

void drop_stream(const provider& from, std::uint64_t id) {
  if (from.worker)
    from.worker->get()->enqueue(caf::mailbox_element_ptr{new request_letter<stream_drop>({id})}, nullptr);
}

} // namespace pillar
