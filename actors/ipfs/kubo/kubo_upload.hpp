/// Files on their way to a Kubo daemon, written in one thread and sent in another, while the reply comes back.
#pragma once

#include "actors/ipfs/kubo/kubo_client.hpp"
#include "actors/ipfs/kubo/multipart.hpp"
#include "actors/ipfs/system/byte_pipe.hpp"

#include <functional>
#include <optional>
#include <thread>

namespace pillar::ipfs::engine {

/// A request with a form of any length. Reading the reply sends it; a megabyte of it is held. Destroying the object
/// before the reply's end closes the connection, so that the daemon gives up, and waits for `write` to return.
class kubo_upload {
public:
  /// `write` writes the parts in a thread of its own; it must look at the request's stop token when it waits for
  /// something else than the writer. What it throws is thrown when the reply is read.
  kubo_upload(const kubo_client& client, const kubo_request& request, std::function<void(multipart_writer&)> write);
  kubo_upload(const kubo_upload&) = delete;
  kubo_upload& operator=(const kubo_upload&) = delete;
  ~kubo_upload();

  kubo_reply& reply() { return *reply_; }

private:
  byte_pipe pipe_;
  multipart_writer form_;
  std::optional<kubo_reply> reply_;
  std::jthread writer_;
};

} // namespace pillar::ipfs::engine
