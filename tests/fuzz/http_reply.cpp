#include "actors/ipfs/kubo/http_message.hpp"

#include "actors/ipfs/kubo/kubo_error.hpp"
#include "interfaces/error.hpp"
#include "tests/fuzz/target.hpp"

#include <algorithm>
#include <optional>

namespace pillar::fuzz {
namespace {

using namespace ipfs::engine;

struct outcome {
  std::string body;
  std::string trailer;
  bool operator==(const outcome&) const = default;
};

std::optional<outcome> parse(bytes_view data, std::size_t piece) {
  try {
    http_reply_parser parser;
    bytes body;
    for (; !data.empty(); data = data.subspan(std::min(piece, data.size())))
      parser.take(data.first(std::min(piece, data.size())), body);
    parser.end();
    return outcome{std::string(text_of(body)), std::string(parser.field("X-Stream-Error"))};
  } catch (const failure&) {
    return {};
  }
}

void run(bytes_view data) {
  auto whole = parse(data, SIZE_MAX);
  promise(whole == parse(data, 1), "a reply means the same in whatever pieces it comes");
}

std::vector<std::string> seeds() {
  return {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Stream-Error\r\n\r\n5\r\nhello\r\n0\r\n"
          "X-Stream-Error: it broke\r\n\r\n",
          "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
          R"({"Message":"no","Code":0,"Type":"error"})",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"};
}

const registered here{{"http-reply", run, seeds}};

} // namespace
} // namespace pillar::fuzz
