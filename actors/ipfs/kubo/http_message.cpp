// Beast asserts that a last chunk that is the first one comes in pieces of at least 5 bytes, which is up to the sender;
// without the assertion it reads any.
#define BOOST_DISABLE_ASSERTS

#include "actors/ipfs/kubo/http_message.hpp"

#include "interfaces/error.hpp"

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/write.hpp>

#include <cstdint>
#include <optional>
#include <sstream>

namespace pillar::ipfs::engine {
namespace {

namespace http = boost::beast::http;

constexpr std::uint32_t longest_head = 64 << 10; // bytes of status and fields, or of the lines around a chunk

/// Content goes where the message's body points to. Beast's own bodies reserve what a sender announces.
struct appended_body {
  using value_type = bytes*;

  class reader {
  public:
    template <bool IsRequest, class Fields> reader(http::header<IsRequest, Fields>&, value_type& to) : to_(to) {}

    void init(const boost::optional<std::uint64_t>&, boost::beast::error_code& error) { error = {}; }

    template <class Buffers> std::size_t put(const Buffers& buffers, boost::beast::error_code& error) {
      error = {};
      std::size_t size = 0;
      for (auto buffer : boost::beast::buffers_range_ref(buffers)) {
        append(*to_, {static_cast<const std::byte*>(buffer.data()), buffer.size()});
        size += buffer.size();
      }
      return size;
    }

    void finish(boost::beast::error_code& error) { error = {}; }

  private:
    value_type& to_;
  };
};

/// Up to Boost 1.83 trailers are merged by themselves.
template <class Parser> void merge_trailers(Parser& parser) {
  if constexpr (requires { parser.merge_all_trailers(true); }) parser.merge_all_trailers(true);
}

[[noreturn]] void refuse(const boost::beast::error_code& error) {
  throw failure(errc::io_error, "what came is no HTTP (" + error.message() + ")");
}

} // namespace

std::string post_head(std::string_view target, const http_fields& fields) {
  http::request<http::empty_body> request(http::verb::post, {target.data(), target.size()}, 11);
  for (const auto& [name, value] : fields) request.insert(name, value);
  std::ostringstream out;
  out << request.base();
  return std::move(out).str();
}

std::string chunk_head(std::size_t size) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\r\n";
  do out.insert(out.begin(), digits[size & 15]);
  while (size >>= 4);
  return out;
}

class http_reply_parser::message {
public:
  message() { begin(); }

  void take(bytes_view received, bytes& body) {
    parser_->get().body() = &body;
    if (!unread_.empty()) {
      append(unread_, received);
      auto used = put(unread_);
      unread_.erase(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(used));
    } else {
      auto used = put(received);
      append(unread_, received.subspan(used));
    }
    if (parser_->is_done()) unread_.clear();
    else if (unread_.size() > longest_head) refuse(http::error::header_limit);
  }

  void end() {
    boost::beast::error_code error;
    if (parser_->got_some()) parser_->put_eof(error);
    else error = http::error::end_of_stream; // Beast itself takes no end before a first byte
    if (error) refuse(error);
  }

  const http::response_parser<appended_body>& parser() const { return *parser_; }

private:
  void begin() {
    parser_.emplace();
    parser_->eager(true);
    parser_->body_limit(boost::none);
    parser_->header_limit(longest_head);
    merge_trailers(*parser_);
  }

  /// How much of `data` was used up: the rest is the beginning of something, or lies behind the reply.
  std::size_t put(bytes_view data) {
    std::size_t used = 0;
    while (used < data.size() && !parser_->is_done()) {
      boost::beast::error_code error;
      used += parser_->put(boost::asio::buffer(data.data() + used, data.size() - used), error);
      if (error == http::error::need_more) break;
      if (error) refuse(error);
      if (parser_->is_done() && parser_->get().result_int() / 100 == 1) { // "100 Continue" announces the reply only
        auto* body = parser_->get().body();
        begin();
        parser_->get().body() = body;
      }
    }
    return used;
  }

  std::optional<http::response_parser<appended_body>> parser_;
  bytes unread_; ///< what could not be parsed before more comes
};

http_reply_parser::http_reply_parser() : message_(std::make_unique<message>()) {}
http_reply_parser::http_reply_parser(http_reply_parser&&) noexcept = default;
http_reply_parser& http_reply_parser::operator=(http_reply_parser&&) noexcept = default;
http_reply_parser::~http_reply_parser() = default;

void http_reply_parser::take(bytes_view received, bytes& body) {
  message_->take(received, body);
}
void http_reply_parser::end() {
  message_->end();
}
bool http_reply_parser::has_head() const {
  return message_->parser().is_header_done();
}
bool http_reply_parser::is_whole() const {
  return message_->parser().is_done();
}
bool http_reply_parser::is_bounded() const {
  return !message_->parser().need_eof();
}
bool http_reply_parser::keeps_alive() const {
  return message_->parser().keep_alive();
}
unsigned http_reply_parser::status() const {
  return message_->parser().get().result_int();
}
std::string_view http_reply_parser::field(std::string_view name) const {
  const auto value = message_->parser().get()[{name.data(), name.size()}];
  return {value.data(), value.size()};
}

} // namespace pillar::ipfs::engine
