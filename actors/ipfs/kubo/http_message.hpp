/// HTTP/1.1 as Boost.Beast reads and writes it, without any input or output.
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pillar::ipfs::engine {

using http_fields = std::vector<std::pair<std::string, std::string>>;

/// The head of a POST request, with the empty line behind it. Names and values hold no control characters.
std::string post_head(std::string_view target, const http_fields& fields);

/// The frame around a piece of content in a chunked message, and the end of one.
std::string chunk_head(std::size_t size);
inline constexpr std::string_view chunk_end = "\r\n";
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

/// A reply, parsed as it comes. Trailers count among its fields. One thread at a time.
class http_reply_parser {
public:
  http_reply_parser();
  http_reply_parser(http_reply_parser&&) noexcept;
  http_reply_parser& operator=(http_reply_parser&&) noexcept;
  ~http_reply_parser();

  /// Takes what was received, and appends what is content to `body`. Bytes behind the reply's end are ignored. Throws
  /// io_error, saying what is wrong, when this is no HTTP/1.1.
  void take(bytes_view received, bytes& body);

  /// The sender closed the connection. Throws io_error when the reply was not whole.
  void end();

  bool has_head() const;    ///< the status and the fields are there
  bool is_whole() const;    ///< everything is there, with the trailers
  bool is_bounded() const;  ///< its end can be told from a cut, by a length or a last chunk; once has_head()
  bool keeps_alive() const; ///< another request may follow on the connection; once is_whole()

  unsigned status() const;
  std::string_view field(std::string_view name) const; ///< empty when there is none

private:
  class message;
  std::unique_ptr<message> message_;
};

} // namespace pillar::ipfs::engine
