/// How a `stream<T>` reply crosses between actors: the reply to the request opens it, every further batch is a pull, an
/// ordinary request that carries the credit. An empty batch is the end; a failure answers the pull.
#pragma once

#include "interfaces/interface.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>

namespace pillar {

/// The reply on the wire to a request whose reply is a stream.
struct stream_opened {
  std::uint64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(stream_opened, (), (id))

/// Asks the worker that opened the stream for the next items, at most `credit`. The reply is a list of them.
struct stream_pull {
  std::uint64_t id = 0;
  std::uint32_t credit = 1;
};
BOOST_DESCRIBE_STRUCT(stream_pull, (), (id, credit))

/// The consumer is not interested any more. No reply.
struct stream_drop {
  std::uint64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(stream_drop, (), (id))

/// Answers a pull before its deadline when there is nothing yet, and the producer waits for what may never come.
struct stream_idle {};
BOOST_DESCRIBE_STRUCT(stream_idle, (), ())

} // namespace pillar
